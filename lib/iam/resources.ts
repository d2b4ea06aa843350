/** The ARNs that requests to DynamoDB can name, as languages. */
import { actionNamed } from "./actions.ts";
import type { CompiledStatement } from "./evaluate.ts";
import { type Example, exampleOf, isIn, type Language } from "./language.ts";
import { anyOne, anyRun, type Code, codesOf, digitOne, nameOne, nameRun, type Pattern, pattern } from "./pattern.ts";
import { remembered, rememberedFor } from "./remember.ts";
import { valueInArn, withRegion } from "./resource-keys.ts";
import type { Token } from "./tokens.ts";
import type { Caller } from "./variables.ts";

/** What an action is judged on: a table or what belongs to one (an index is a resource of its own), or nothing. */
export type ResourceType = (typeof types)[number] | "none";

/** Where a request may be. */
export interface Place {
  readonly resource: Language;
  /** Resources that people would name, tried before the shortest one is searched for. */
  readonly examples: readonly (readonly Code[])[];
}

const types = ["table", "index", "stream", "backup", "export", "import", "global-table"] as const;

/** The types in the order in which they are tried. */
export function resourceTypesOf(action: string): readonly ResourceType[] {
  const { resourceTypes = [], needsResource = false } = actionNamed(action) ?? {};
  if (!needsResource) return ["none"];
  return types.filter((type) => resourceTypes.some(({ name }) => name === type));
}

/** Table and index names: 3 to 255 of `A-Za-z0-9_.-`; that the longest is 255 is left out, no policy is so long. */
const name = [nameOne, nameOne, nameOne, nameRun];
/** A region's name, as free text: AWS adds new ones. */
const region = [nameOne, nameRun];

/** A table, or what belongs to one. */
export type OfTable = Exclude<ResourceType, "none" | "global-table">;

/** What follows a table's name. */
const tails: Readonly<Record<OfTable, readonly number[]>> = {
  table: [],
  index: [...codesOf("/index/"), ...name],
  // A stream's label is a time, with colons.
  stream: [...codesOf("/stream/"), anyOne, anyRun],
  backup: [...codesOf("/backup/"), nameOne, nameRun],
  export: [...codesOf("/export/"), nameOne, nameRun],
  import: [...codesOf("/import/"), nameOne, nameRun],
};

/** Whether the ARN is a stream's. */
export function isStreamArn(arn: string): boolean {
  return /:table\/[^/]+\/stream\//.test(arn);
}

/** Whose resources are meant. */
type Owner = Pick<Caller, "accountId" | "partition">;

/** All resources of a type in an account; in any account and partition where they are not known. */
export function resourceLanguage(type: ResourceType, owner: Owner): Language {
  return languagesOf(owner)(type);
}

const languagesOf = rememberedFor((owner: Owner) => remembered((type: ResourceType) => languageOf(type, owner)));

function languageOf(type: ResourceType, { accountId, partition }: Owner): Language {
  // What names no resource is authorised on the text `*`.
  if (type === "none") return { within: [[pattern(codesOf("*"))]], without: [] };
  const account = accountId === null ? Array.from({ length: 12 }, () => digitOne) : codesOf(accountId);
  // A global table is of no region.
  const [place, path] =
    type === "global-table"
      ? [[], [...codesOf("global-table/"), ...name]]
      : [region, [...codesOf("table/"), ...name, ...tails[type]]];
  const partitions = partition === null ? ["aws", "aws-cn", "aws-us-gov"] : [partition];
  const shapes = partitions.map((one) =>
    pattern([...codesOf(`arn:${one}:dynamodb:`), ...place, ...codesOf(":"), ...account, ...codesOf(":"), ...path]),
  );
  return { within: [shapes], without: [] };
}

const exampleAccount = "123456789012";
const exampleTails: Readonly<Record<OfTable, string>> = {
  table: "",
  index: "/index/any-index",
  stream: "/stream/2026-01-01T00:00:00.000",
  backup: "/backup/01234567890123-any1back",
  export: "/export/01234567890123-any1export",
  import: "/import/01234567890123-any1import",
};

/** What belongs to one table, and is of the type.
 * @param table its ARN */
export function placeOfTable(table: readonly Code[], type: OfTable): Place {
  return {
    resource: { within: [[pattern([...table, ...tails[type]])]], without: [] },
    examples: [[...table, ...codesOf(exampleTails[type])]],
  };
}

/** What belongs to any of these tables, and is of the type: a table's own name has no `/`. */
export function placeOfTables(tables: Language, type: OfTable): Place {
  const withTail = ({ symbols, ignoreCase }: Pattern): Pattern => pattern([...symbols, ...tails[type]], ignoreCase);
  return {
    resource: { within: tables.within.map((union) => union.map(withTail)), without: tables.without.map(withTail) },
    examples: [],
  };
}

/** A resource of the place, one that people would name if there is one. */
export function exampleIn({ resource, examples }: Place): Example {
  const readable = examples.find((text) => isIn(resource, text));
  return readable === undefined ? exampleOf(resource) : { text: readable };
}

/** Where requests for the action can be, among all tables of the account. */
export function placesOf(action: string, owner: Owner, relevant: readonly CompiledStatement[]): readonly Place[] {
  return resourceTypesOf(action).map((type) => ({
    resource: resourceLanguage(type, owner),
    // Those of an Allow are tried where it is searched; a Deny may name what it leaves.
    examples: resourceExamples(
      type,
      owner,
      relevant.filter(({ effect }) => effect === "Deny"),
    ),
  }));
}

/** Resources that people would name: of a table that nobody has named, and those that the statements name. */
export function resourceExamples(
  type: ResourceType,
  owner: Owner,
  statements: readonly CompiledStatement[],
  region = "us-east-1",
): readonly (readonly Code[])[] {
  return [
    codesOf(exampleOfType(type, owner, region)),
    ...statements.flatMap(({ resource }) => namedExamples(resource)),
  ];
}

const regions = [
  "us-east-1",
  "us-west-2",
  "eu-west-1",
  "eu-central-1",
  "ap-southeast-1",
  "ap-northeast-1",
  "sa-east-1",
  "ca-central-1",
  "af-south-1",
  "me-central-1",
  "cn-north-1",
  "us-gov-west-1",
].map(codesOf);

/** The resources in some regions that there are, and in that of another resource. */
export function inRegions(
  resources: readonly (readonly Code[])[],
  other: readonly Code[],
): readonly (readonly Code[])[] {
  const another = valueInArn(other, "aws:requestedregion");
  const all = another === null ? regions : [...regions, another];
  return all.flatMap((place) => resources.map((resource) => withRegion(resource, place)));
}

/** The resources that a Resource element names, its wildcards filled in as people would. */
export const namedExamples = rememberedFor((resource: CompiledStatement["resource"]): readonly (readonly Code[])[] =>
  resource.tokens
    .map(literalText)
    .filter((text) => text !== null)
    .map(codesOf),
);

function exampleOfType(type: ResourceType, { accountId, partition }: Owner, region: string): string {
  if (type === "none") return "*";
  const account = accountId ?? exampleAccount;
  const arn = `arn:${partition ?? "aws"}:dynamodb`;
  if (type === "global-table") return `${arn}::${account}:global-table/any-table`;
  return `${arn}:${region}:${account}:table/any-table${exampleTails[type]}`;
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
  // As the words for a table that nobody has named.
  const words = filled
    .join(":")
    .replace(/:table\/\*/, ":table/any-table")
    .replace(/\/index\/\*$/, "/index/any-index");
  return words.replaceAll("*", "any");
}
