/** Answers found once: for the same objects, and forgotten with them; for the same texts, as far as memory bears it. */

/** The same function, but what it found for this owner and this thing is not looked for again. */
export function rememberedBy<Owner extends object, Thing extends object, Value>(
  find: (owner: Owner, thing: Thing) => Value,
): (owner: Owner, thing: Thing) => Value {
  const ofOwner = rememberedFor((owner: Owner) => rememberedFor((thing: Thing) => find(owner, thing)));
  return (owner, thing) => ofOwner(owner)(thing);
}

/** The same function, but what it found for this thing is not looked for again. */
export function rememberedFor<Thing extends object, Value>(find: (thing: Thing) => Value): (thing: Thing) => Value {
  const known = new WeakMap<Thing, { readonly value: Value }>();
  return (thing) => {
    const found = known.get(thing);
    if (found !== undefined) return found.value;
    const value = find(thing);
    known.set(thing, { value });
    return value;
  };
}

/** The function, asked once for each key. */
export function remembered<Key, Value>(find: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    if (!known.has(key)) known.set(key, find(key));
    return known.get(key) as Value;
  };
}

/** Answers by text, each found once. Those not asked for lately are forgotten, so that the texts kept never have more
 * characters together than this, a single text aside: how much an answer holds goes by the length of its text. */
export function rememberedLately<Value>(mostCharacters: number): (text: string, find: () => Value) => Value {
  let recent = new Map<string, Value>();
  let older = new Map<string, Value>();
  let characters = 0;
  return (text, find) => {
    const known = recent.get(text);
    if (known !== undefined) return known;
    const value = older.get(text) ?? find();
    if (characters + text.length > mostCharacters / 2) {
      older = recent;
      recent = new Map();
      characters = 0;
    }
    recent.set(text, value);
    characters += text.length;
    return value;
  };
}
