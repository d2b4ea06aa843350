/** The ARNs that requests to DynamoDB can name, as languages. */
import type { CompiledStatement } from "./evaluate.ts";
import type { Language } from "./language.ts";
import { type Code, codesOf, digitOne, nameOne, nameRun, pattern } from "./pattern.ts";
import type { Token } from "./tokens.ts";

/** What an action is judged on: a table, or an index, which is a resource of its own. */
export type ResourceType = "table" | "index";

const withIndexes = new Set(["dynamodb:Query", "dynamodb:Scan", "dynamodb:PartiQLSelect", "dynamodb:SearchVectors"]);

export function resourceTypesOf(action: string): readonly ResourceType[] {
  return withIndexes.has(action) ? ["table", "index"] : ["table"];
}

/** Table and index names: 3 to 255 of `A-Za-z0-9_.-`; that the longest is 255 is left out, no policy is so long. */
const name = [nameOne, nameOne, nameOne, nameRun];
/** A region's name, as free text: AWS adds new ones. */
const region = [nameOne, nameRun];

/** All tables, or all indexes, of an account; of any account where it is not known. */
export function resourceLanguage(type: ResourceType, accountId: string | null): Language {
  const account = accountId === null ? Array.from({ length: 12 }, () => digitOne) : codesOf(accountId);
  const tail = type === "table" ? [] : [...codesOf("/index/"), ...name];
  const shapes = ["aws", "aws-cn", "aws-us-gov"].map((partition) =>
    pattern([
      ...codesOf(`arn:${partition}:dynamodb:`),
      ...region,
      ...codesOf(":"),
      ...account,
      ...codesOf(":table/"),
      ...name,
      ...tail,
    ]),
  );
  return { within: [shapes], without: [] };
}

const exampleAccount = "123456789012";

/** Resources that people would name, tried before the shortest one is searched for. */
export function resourceExamples(
  type: ResourceType,
  accountId: string | null,
  statements: readonly CompiledStatement[],
): readonly (readonly Code[])[] {
  const named = statements.flatMap(({ resource }) => resource.tokens.map(literalText)).filter((text) => text !== null);
  const anyName = `arn:aws:dynamodb:us-east-1:${accountId ?? exampleAccount}:table/any-table${type === "index" ? "/index/any-index" : ""}`;
  return [anyName, ...named].map(codesOf);
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
