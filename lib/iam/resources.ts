/** The ARNs that requests to DynamoDB can name, as languages. */
import { actionNamed } from "./actions.ts";
import type { CompiledStatement } from "./evaluate.ts";
import type { Language } from "./language.ts";
import { anyOne, anyRun, type Code, codesOf, digitOne, nameOne, nameRun, pattern } from "./pattern.ts";
import type { Token } from "./tokens.ts";

/** What an action is judged on: a table or what belongs to one (an index is a resource of its own), or nothing. */
export type ResourceType = "table" | "index" | "stream" | "backup" | "none";

/** Where a request may be. */
export interface Place {
  readonly resource: Language;
  /** Resources that people would name, tried before the shortest one is searched for. */
  readonly examples: readonly (readonly Code[])[];
}

const types: readonly ResourceType[] = ["table", "index", "stream", "backup"];

/** The types in the order in which they are tried; those that belong to no table (exports, imports, global tables of
 * 2017) are left out. */
export function resourceTypesOf(action: string): readonly ResourceType[] {
  const { resourceTypes = [], needsResource = false } = actionNamed(action) ?? {};
  if (!needsResource) return ["none"];
  return types.filter((type) => resourceTypes.some(({ name }) => name === type));
}

/** Table and index names: 3 to 255 of `A-Za-z0-9_.-`; that the longest is 255 is left out, no policy is so long. */
const name = [nameOne, nameOne, nameOne, nameRun];
/** A region's name, as free text: AWS adds new ones. */
const region = [nameOne, nameRun];

const tails: Readonly<Record<Exclude<ResourceType, "none">, readonly number[]>> = {
  table: [],
  index: [...codesOf("/index/"), ...name],
  // A stream's label is a time, with colons.
  stream: [...codesOf("/stream/"), anyOne, anyRun],
  backup: [...codesOf("/backup/"), nameOne, nameRun],
};

/** All resources of a type in an account; in any account where it is not known. */
export function resourceLanguage(type: ResourceType, accountId: string | null): Language {
  // What names no resource is authorised on the text `*`.
  if (type === "none") return { within: [[pattern(codesOf("*"))]], without: [] };
  const account = accountId === null ? Array.from({ length: 12 }, () => digitOne) : codesOf(accountId);
  const shapes = ["aws", "aws-cn", "aws-us-gov"].map((partition) =>
    pattern([
      ...codesOf(`arn:${partition}:dynamodb:`),
      ...region,
      ...codesOf(":"),
      ...account,
      ...codesOf(":table/"),
      ...name,
      ...tails[type],
    ]),
  );
  return { within: [shapes], without: [] };
}

const exampleAccount = "123456789012";
const exampleTails: Readonly<Record<ResourceType, string>> = {
  table: "",
  index: "/index/any-index",
  stream: "/stream/2026-01-01T00:00:00.000",
  backup: "/backup/01234567890123-any1back",
  none: "",
};

/** Where requests for the action can be, among all tables of the account. */
export function placesOf(
  action: string,
  accountId: string | null,
  relevant: readonly CompiledStatement[],
): readonly Place[] {
  return resourceTypesOf(action).map((type) => ({
    resource: resourceLanguage(type, accountId),
    examples: resourceExamples(type, accountId, relevant),
  }));
}

/** Resources that people would name: of a table that nobody has named, and those that the statements name. */
export function resourceExamples(
  type: ResourceType,
  accountId: string | null,
  statements: readonly CompiledStatement[],
): readonly (readonly Code[])[] {
  const named = statements.flatMap(({ resource }) => resource.tokens.map(literalText)).filter((text) => text !== null);
  const anyName = `arn:aws:dynamodb:us-east-1:${accountId ?? exampleAccount}:table/any-table${exampleTails[type]}`;
  return [type === "none" ? "*" : anyName, ...named].map(codesOf);
}

/** A pattern's text with its wildcards filled in as an example would be; null where a variable stands in it. */
function literalText(tokens: readonly Token[]): string | null {
  const fields = tokens.map((token) =>
    token.kind === "variable" ? null : token.kind === "text" ? token.text : token.kind === "one" ? "a" : "*",
  );
  if (fields.includes(null)) return null;
  const [arn, partition, service, place, account, ...rest] = fields.join("").split(":");
  const filled = [
    arn,
    partition,
    service,
    place?.replace("*", "us-east-1"),
    account?.replace("*", exampleAccount),
    rest.join(":"),
  ];
  return filled.join(":").replaceAll("*", "any");
}
