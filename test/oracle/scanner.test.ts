/** The scanner's own permission to sample items, asked of the simulator: it opens the markers and nothing else. */
import { describe, expect, inject, it } from "vitest";
import { markerNames } from "../../lib/client-side-encryption/markers.ts";
import { clientSideEncryption } from "../../lib/rules/dynamodb-client-side-encryption.ts";
import { type Answer, simulate } from "./simulate.ts";

const oracle = inject("oracle");
const missing = "missing" in oracle ? oracle.missing : null;
const table = "arn:aws:dynamodb:us-east-1:123456789012:table/Customers";
const markers = Object.values(markerNames);

/** The role's policy as it is deployed, with the template's default for the key attributes. */
function deployed(): string {
  const statements = clientSideEncryption.permissions.map(({ action, resources, conditions }) => ({
    Effect: "Allow",
    Action: action,
    Resource: resources,
    ...(conditions === undefined ? {} : { Condition: conditions }),
  }));
  return JSON.stringify({ Version: "2012-10-17", Statement: statements })
    .replaceAll("${AWS::Partition}", "aws")
    .replaceAll("${AWS::AccountId}", "123456789012")
    .replaceAll("${AWS::Region}", "us-east-1")
    .replaceAll('"${ClientSideEncryptionKeyAttributes}"', '"pk","sk","PK","SK","id"');
}

function ask(action: string, context: Readonly<Record<string, readonly string[]>>): Promise<Answer> {
  const request = { principal: null, action, resource: table, context: new Map(Object.entries(context)) };
  return simulate({ identityPolicies: [deployed()], request });
}

const select = { "dynamodb:select": ["SPECIFIC_ATTRIBUTES"] };

describe.skipIf(missing !== null)(
  `the role that samples items${missing === null ? "" : ` (skipped: ${missing})`}`,
  () => {
    it.each<[sentence: string, action: string, context: Record<string, readonly string[]>, answer: Answer]>([
      ["may ask for the markers", "dynamodb:Scan", { ...select, "dynamodb:attributes": markers }, "Allowed"],
      [
        "may name the keys that AWS demands",
        "dynamodb:Scan",
        { ...select, "dynamodb:attributes": [...markers, "pk", "sk"] },
        "Allowed",
      ],
      [
        "may not ask for any other attribute",
        "dynamodb:Scan",
        { ...select, "dynamodb:attributes": [...markers, "salary"] },
        "ImplicitlyDenied",
      ],
      [
        "may not ask for whole items",
        "dynamodb:Scan",
        { "dynamodb:select": ["ALL_ATTRIBUTES"], "dynamodb:attributes": markers },
        "ImplicitlyDenied",
      ],
      ["may not scan without a selection", "dynamodb:Scan", { "dynamodb:attributes": markers }, "ImplicitlyDenied"],
      ["may not get an item", "dynamodb:GetItem", { ...select, "dynamodb:attributes": markers }, "ImplicitlyDenied"],
      ["may not query", "dynamodb:Query", { ...select, "dynamodb:attributes": markers }, "ImplicitlyDenied"],
      [
        "may not read by PartiQL",
        "dynamodb:PartiQLSelect",
        { ...select, "dynamodb:attributes": markers },
        "ImplicitlyDenied",
      ],
      ["may not write", "dynamodb:PutItem", { "dynamodb:attributes": markers }, "ImplicitlyDenied"],
    ])("%s", async (_sentence, action, context, answer) => {
      expect(await ask(action, context)).toBe(answer);
    });
  },
);
