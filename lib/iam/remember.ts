/** Answers found once for the same objects, and forgotten with them. */

/** The same function, but what it found for this owner and this thing is not looked for again. */
export function rememberedBy<Owner extends object, Thing extends object, Value>(
  find: (owner: Owner, thing: Thing) => Value,
): (owner: Owner, thing: Thing) => Value {
  const known = new WeakMap<Owner, WeakMap<Thing, { readonly value: Value }>>();
  return (owner, thing) => {
    const ofOwner = known.get(owner) ?? new WeakMap<Thing, { readonly value: Value }>();
    known.set(owner, ofOwner);
    const found = ofOwner.get(thing) ?? { value: find(owner, thing) };
    ofOwner.set(thing, found);
    return found.value;
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
