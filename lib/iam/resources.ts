/** The ARNs that requests to DynamoDB can name, as languages. */
import type { Language } from "./language.ts";
import { codesOf, digitOne, nameOne, nameRun, pattern } from "./pattern.ts";

/** What an action is judged on: a table, or an index, which is a resource of its own. */
export type ResourceType = "table" | "index";

const withIndexes = new Set(["dynamodb:Query", "dynamodb:Scan", "dynamodb:PartiQLSelect", "dynamodb:SearchVectors"]);

export function resourceTypesOf(action: string): readonly ResourceType[] {
  return withIndexes.has(action) ? ["table", "index"] : ["table"];
}

/** Table and index names: 3 to 255 of `A-Za-z0-9_.-`; that the longest is 255 is left out, no policy is so long. */
const name = [nameOne, nameOne, nameOne, nameRun];
/** The region that examples are given in, and any other: AWS adds new ones. */
const regions = { aws: [codesOf("us-east-1"), [nameOne, nameRun]], others: [[nameOne, nameRun]] };

/** All tables, or all indexes, of an account; of any account where it is not known. */
export function resourceLanguage(type: ResourceType, accountId: string | null): Language {
  const account = accountId === null ? Array.from({ length: 12 }, () => digitOne) : codesOf(accountId);
  const tail = type === "table" ? [] : [...codesOf("/index/"), ...name];
  const shapes = ["aws", "aws-cn", "aws-us-gov"].flatMap((partition) =>
    (partition === "aws" ? regions.aws : regions.others).map((region) =>
      pattern([
        ...codesOf(`arn:${partition}:dynamodb:`),
        ...region,
        ...codesOf(":"),
        ...account,
        ...codesOf(":table/"),
        ...name,
        ...tail,
      ]),
    ),
  );
  return { within: [shapes], without: [] };
}
