/** Whether a text is a SARIF log by the standard's own schema, and by what the standard says beyond it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import * as z from "zod";

const file = join(import.meta.dirname, "../../fixtures/sarif/sarif-schema-2.1.0.json");
// zod takes a reference for a whole URI; what it refers to is looked at by `validLog`.
const document = JSON.parse(readFileSync(file, "utf8"), (name, value) =>
  name === "format" && value === "uri-reference" ? undefined : value,
);
const schema = z.fromJSONSchema(document, { defaultTarget: "draft-7" });

interface Message {
  readonly text: string;
}

export interface SarifLog {
  readonly runs: readonly [
    {
      readonly tool: {
        readonly driver: {
          readonly rules: readonly {
            readonly id: string;
            readonly defaultConfiguration: { readonly level: string };
            readonly properties: Readonly<Record<string, unknown>>;
          }[];
        };
      };
      readonly automationDetails: { readonly id: string };
      readonly invocations: readonly [
        {
          readonly executionSuccessful: boolean;
          readonly toolExecutionNotifications: readonly { readonly message: Message }[];
        },
      ];
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex?: number;
        readonly level: string;
        readonly message: Message;
        readonly partialFingerprints: Readonly<Record<string, string>>;
        readonly locations: readonly {
          readonly physicalLocation: {
            readonly artifactLocation: { readonly uri: string };
            readonly region: Readonly<Record<string, number>>;
          };
        }[];
      }[];
      readonly properties: Readonly<Record<string, unknown>>;
    },
  ];
}

export function faultsOf(value: unknown): readonly string[] {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

/** The log, when it is valid. */
export function validLog(text: string): SarifLog["runs"][0] {
  const log: SarifLog = JSON.parse(text);
  expect(faultsOf(log)).toEqual([]);
  const [run] = log.runs;
  const { rules } = run.tool.driver;
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  for (const { ruleId, ruleIndex, message, locations } of run.results) {
    for (const { physicalLocation } of locations) {
      const { uri } = physicalLocation.artifactLocation;
      expect(uri).toMatch(/^[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/);
      expect(URL.canParse(uri, "https://root/")).toBe(true);
    }
    if (ruleIndex !== undefined) expect(rules[ruleIndex]?.id).toBe(ruleId);
    expect(message.text).not.toBe("");
  }
  for (const { message } of run.invocations[0].toolExecutionNotifications) expect(message.text).not.toBe("");
  return run;
}
