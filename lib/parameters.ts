/**
 * Rule parameters: schema pieces from which validation, its messages, the template's parameters and the docs come.
 * AWS Config hands every value on as text (CloudFormation does so to numbers and booleans too), a file may hold real
 * types: both are accepted, and blank text means "not given".
 */
import * as z from "zod/mini";

export interface Parameter<T> {
  readonly description: string;
  /** What is accepted, as the object of "use ...". */
  readonly accepts: string;
  /** As AWS Config would hold it; null where the parameter is not given by default. */
  readonly default: string | null;
  /** The values that a template may list, where they are few. */
  readonly allowedValues: readonly string[] | null;
  readonly schema: z.ZodMiniType<T>;
  /** The value as AWS Config would hold it; parsing it gives the value again. */
  print(value: T): string | null;
}

export interface ParameterSet<P> {
  readonly byName: { readonly [K in keyof P]: Parameter<P[K]> };
  /** Sentences about values that exclude each other; none where they agree. */
  contradictions(parameters: P): readonly string[];
}

/** Thrown with every fault of a parameter set at once. */
export class ParameterError extends Error {
  override readonly name = "ParameterError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join("; "));
    this.faults = faults;
  }
}

interface Described {
  readonly description: string;
}

/** One of a few words. */
export function choice<const T extends string>(
  options: Described & { readonly values: readonly [T, T, ...T[]]; readonly default: T },
): Parameter<T> {
  const { values } = options;
  const accepts = `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
  const schema = z.pipe(
    z.pipe(
      z.string(),
      z.transform((text: string) => text.trim()),
    ),
    z.enum(values),
  ) as z.ZodMiniType<T>;
  return {
    description: options.description,
    accepts,
    default: options.default,
    allowedValues: values,
    schema,
    print: (value) => value,
  };
}

/** Yes or no, as `true` and `"true"` alike. */
export function flag(options: Described & { readonly default: boolean }): Parameter<boolean> {
  const text = z.pipe(
    z.string(),
    z.transform((given: string, context) => {
      const word = given.trim().toLowerCase();
      if (word === "true" || word === "false") return word === "true";
      context.issues.push({ code: "custom", message: "", input: given });
      return z.NEVER;
    }),
  );
  return {
    description: options.description,
    accepts: "true or false",
    default: String(options.default),
    allowedValues: ["true", "false"],
    schema: z.union([z.boolean(), text]) as z.ZodMiniType<boolean>,
    print: String,
  };
}

/** A whole number within bounds, as a number or as text. */
export function wholeNumber(
  options: Described & { readonly from: number; readonly to: number; readonly default: number },
): Parameter<number> {
  const { description, from, to } = options;
  const digits = z.pipe(z.string().check(z.regex(/^\s*\d+\s*$/)), z.transform(Number));
  return {
    description,
    accepts: `a whole number from ${from} to ${to}`,
    default: String(options.default),
    allowedValues: null,
    schema: z.pipe(z.union([z.number(), digits]), z.int().check(z.gte(from), z.lte(to))),
    print: String,
  };
}

/** Free text of a stated form, or nothing. `check` returns what is wrong with a text, or null. */
export function text(
  options: Described & { readonly accepts: string; readonly check: (given: string) => string | null },
): Parameter<string | null> {
  return {
    description: options.description,
    accepts: options.accepts,
    default: null,
    allowedValues: null,
    schema: z.nullable(checkedText(options.check)) as z.ZodMiniType<string | null>,
    print: (value) => value,
  };
}

/** A list, as comma-separated text or as an array; none by default. `check` returns what is wrong with one, or null. */
export function csv(
  options: Described & { readonly accepts: string; readonly check: (given: string) => string | null },
): Parameter<readonly string[]> {
  const split = z.pipe(
    z.string(),
    z.transform((given: string) =>
      given
        .split(",")
        .map((entry) => entry.trim())
        .filter((entry) => entry !== ""),
    ),
  );
  // Entries of any type pass here, so that the one that is no text is named, and not the whole list.
  const entries = z.union([z.array(z.unknown()), split]) as z.ZodMiniType<string[]>;
  const whyNotEntry = (entry: string): string | null => {
    if (entry === "") return "an entry cannot be blank";
    return entry.includes(",") ? "an entry cannot hold a comma" : options.check(entry);
  };
  const list = z.pipe(entries, z.array(checkedText(whyNotEntry)));
  return {
    description: options.description,
    accepts: options.accepts,
    default: null,
    allowedValues: null,
    schema: list as z.ZodMiniType<readonly string[]>,
    print: (value) => (value.length === 0 ? null : value.join(",")),
  };
}

function checkedText(check: (given: string) => string | null) {
  return readText((given) => {
    const fault = check(given);
    return fault === null ? { value: given } : { fault };
  });
}

/** Text, as what is read in it; `read` gets it trimmed, and may return what is wrong with it. */
export function readText<T>(read: (given: string) => { readonly value: T } | { readonly fault: string }) {
  return z.pipe(
    z.string(),
    z.transform((given: string, context) => {
      const trimmed = given.trim();
      const result = read(trimmed);
      if ("value" in result) return result.value;
      context.issues.push({ code: "custom", message: result.fault, input: given, params: { offender: trimmed } });
      return z.NEVER;
    }),
  );
}

/** The parameters of a rule, each with its value where it was given and its default where not.
 * @param place how messages name the object, for example `ruleParameters`
 * @throws ParameterError with a sentence for every unknown name, unaccepted value and contradiction */
export function parseParameters<P>(set: ParameterSet<P>, given: unknown, place: string): P {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new ParameterError([`${place} is ${quoted(given)}; use a JSON object of parameter names and values`]);
  }
  const entries = Object.entries(given);
  const names = Object.keys(set.byName);
  const faults = entries
    .filter(([name]) => !names.includes(name))
    .map(([name]) => `${place}.${shortened(name)} is not a parameter; use ${names.join(", ")}`);

  const values: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries<Parameter<unknown>>(set.byName)) {
    const value = Object.hasOwn(given, name) ? Reflect.get(given, name) : undefined;
    const isGiven = value !== undefined && value !== null && !(typeof value === "string" && value.trim() === "");
    const result = parameter.schema.safeParse(isGiven ? value : startingValue(parameter));
    if (result.success) values[name] = result.data;
    else faults.push(...result.error.issues.map((issue) => fault(`${place}.${name}`, parameter, value, issue)));
  }
  if (faults.length > 0) throw new ParameterError(faults);

  // Every name of the set now has a value that its own schema made.
  const parameters = values as P;
  const contradictions = set.contradictions(parameters);
  if (contradictions.length > 0) throw new ParameterError(contradictions.map((sentence) => `${place}: ${sentence}`));
  return parameters;
}

function startingValue(parameter: Parameter<unknown>): unknown {
  if (parameter.default !== null) return parameter.default;
  return parameter.schema.safeParse(null).success ? null : "";
}

function fault(place: string, parameter: Parameter<unknown>, value: unknown, issue: z.core.$ZodIssue): string {
  const index = issue.path[0];
  const inPlace = typeof index === "number" && Array.isArray(value) ? value[index] : value;
  const offender = (issue.code === "custom" && issue.params?.["offender"]) || inPlace;
  const why = issue.code === "custom" && issue.message !== "" ? ` (${issue.message})` : "";
  return `${place} is ${quoted(offender)}${why}; use ${parameter.accepts}`;
}

/** The parameters as AWS Config would hold them, defaults included; those not given are left out. */
export function printParameters<P>(set: ParameterSet<P>, parameters: P): Record<string, string> {
  const printed: Record<string, string> = {};
  for (const name of Object.keys(set.byName) as (keyof P & string)[]) {
    const value = set.byName[name].print(parameters[name]);
    if (value !== null) printed[name] = value;
  }
  return printed;
}

const quotedLength = 80;

/** A foreign value in backticks, one line, cut to length. */
export function quoted(value: unknown): string {
  return `\`${shortened(typeof value === "string" ? value : jsonOf(value))}\``;
}

// Cut before it is made printable: half a pair of surrogates is not printable.
function shortened(text: string): string {
  return text.length > quotedLength ? `${printable(text.slice(0, quotedLength))}...` : printable(text);
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return "a value too deep to show";
  }
}

/** Text whose control characters, line and paragraph separators and direction marks can harm no terminal or log. */
export function printable(value: string): string {
  return value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, "?");
}
