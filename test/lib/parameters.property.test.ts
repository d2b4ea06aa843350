import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Parameter,
  ParameterError,
  parseParameters,
  printable,
  printParameters,
  quoted,
} from "../../lib/parameters.ts";
import type { Rule } from "../../lib/rule.ts";
import { catalogue } from "../../lib/rules/index.ts";

const keyArn = fc
  .record({ region: fc.constantFrom("us-east-1", "eu-central-1"), id: fc.uuid() })
  .map(({ region, id }) => `arn:aws:kms:${region}:123456789012:key/${id}`);

const principalPattern = fc
  .record({ kind: fc.constantFrom("role", "user", "group", "policy", "*"), name: fc.stringMatching(/^[\w+=.@*?/-]+$/) })
  .map(({ kind, name }) => `arn:aws:iam::123456789012:${kind}/${name}`);
const principals = fc
  .array(fc.oneof(principalPattern, fc.constant("*")))
  .chain((arns) => fc.constantFrom<unknown>(arns, arns.join(",")));

const accountId = fc.stringMatching(/^\d{12}$/);
const foreignPrincipal = fc
  .record({
    accountId,
    path: fc.constantFrom("iam::?:role/", "iam::?:user/", "sts::?:federated-user/"),
    name: fc.stringMatching(/^[\w+=.@*?/-]+$/),
  })
  .map(({ accountId: id, path, name }) => `arn:aws:${path.replace("?", id)}${name}`);

/** A list, or its text. */
function listOf(entry: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  return fc.array(entry).chain((entries) => fc.constantFrom<unknown>(entries, entries.join(",")));
}

const day = fc
  .date({ min: new Date("2013-01-01"), max: new Date("2035-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const words = fc.stringMatching(/^[\w*?/:.-]{1,12}( [\w*?/:.-]{1,12}){0,3}$/);

/** Accepted values of the parameters that name no list of them. */
const accepted: Record<string, fc.Arbitrary<unknown>> = {
  allowedKeyArns: fc.array(keyArn).chain((arns) => fc.constantFrom<unknown>(arns, arns.join(","))),
  exemptResourceTag: fc
    .tuple(fc.stringMatching(/^[A-Za-z:]+$/), fc.stringMatching(/^[a-z*?=]+$/))
    .map((tag) => tag.join("=")),
  ignoreBackupsCreatedBefore: day,
  maxBackupsPerTable: fc.integer({ min: 1, max: 10_000 }).chain((most) => fc.constantFrom<unknown>(most, String(most))),
  exemptions: listOf(
    fc.tuple(words, day, words).map(([resource, until, reason]) => `${resource} until ${until} because ${reason}`),
  ),
  sensitiveTagKey: fc.stringMatching(/^[A-Za-z:]+$/),
  sensitiveTagValues: fc
    .array(fc.stringMatching(/^[a-z]+$/), { minLength: 1 })
    .chain((values) => fc.constantFrom<unknown>(values, values.join(","))),
  sampleSize: fc.integer({ min: 1, max: 500 }).chain((size) => fc.constantFrom<unknown>(size, String(size))),
  allowedWrappingKeyArns: fc.array(keyArn),
  allowAdministration: principals,
  exemptPrincipals: principals,
  evidence: fc
    .subarray(["credentialReport", "accessKeyLastUsed", "serviceLastAccessed"], { minLength: 1 })
    .chain((names) => fc.constantFrom<unknown>(names, names.join(","))),
  lookbackDays: fc.integer({ min: 1, max: 400 }).chain((days) => fc.constantFrom<unknown>(days, String(days))),
  trustedAccounts: listOf(accountId),
  trustedOrgIds: listOf(fc.stringMatching(/^o-[a-z0-9]{10,32}$/)),
  trustedPrincipalArns: listOf(foreignPrincipal),
  endpointIds: listOf(fc.stringMatching(/^vpce-[0-9a-f]{8,17}$/)),
  vpcIds: listOf(fc.stringMatching(/^vpc-[0-9a-f]{8,17}$/)),
  vpcOnlyTag: fc.constantFrom("network=vpc-only", "Network=*"),
  requiredConditionKeys: fc
    .array(
      fc.oneof(
        fc.constantFrom("aws:SourceVpce", "AWS:sourceip", "dynamodb:LeadingKeys", "aws:PrincipalTag/*"),
        fc.stringMatching(/^[a-z]+$/).map((tag) => `aws:PrincipalTag/${tag}`),
      ),
    )
    .chain((keys) => fc.constantFrom<unknown>(keys, keys.join(","))),
};

function acceptedBy(rule: Rule): fc.Arbitrary<Record<string, unknown>> {
  const values = Object.entries<Parameter<unknown>>(rule.parameters.byName).map(([name, { allowedValues }]) => {
    const of = allowedValues === null ? accepted[name] : fc.constantFrom(...allowedValues);
    if (of === undefined) {
      throw new Error(`${name} of ${rule.name} has no generator: add one to \`accepted\` in this file`);
    }
    return [name, of] as const;
  });
  return fc.record(Object.fromEntries(values), { requiredKeys: [] });
}

/** The parameters, or the faults. */
function attempt(rule: Rule, given: unknown): { parsed: unknown } | { faults: readonly string[] } {
  try {
    return { parsed: parseParameters(rule.parameters, given, "ruleParameters") };
  } catch (error) {
    // Also a law: nothing else is thrown, whatever was given.
    if (!(error instanceof ParameterError)) throw error;
    return { faults: error.faults };
  }
}

describe.each(catalogue)("the parameters of $name", (rule) => {
  const names = Object.keys(rule.parameters.byName);

  it("are accepted when none is given, and print as their defaults", () => {
    const parsed = parseParameters(rule.parameters, {}, "ruleParameters");
    const byDefault = Object.entries<Parameter<unknown>>(rule.parameters.byName).flatMap(([name, parameter]) =>
      parameter.default === null ? [] : [[name, parameter.default]],
    );
    expect(printParameters(rule.parameters, parsed)).toEqual(Object.fromEntries(byDefault));
  });

  it("are accepted as their own defaults", () => {
    const asDefaults = Object.fromEntries(
      Object.entries<Parameter<unknown>>(rule.parameters.byName).map(([name, parameter]) => [name, parameter.default]),
    );
    expect(parseParameters(rule.parameters, asDefaults, "ruleParameters")).toEqual(
      parseParameters(rule.parameters, {}, "ruleParameters"),
    );
  });

  it("print as text that parses to the same parameters", () => {
    fc.assert(
      fc.property(acceptedBy(rule), (given) => {
        const result = attempt(rule, given);
        // Values accepted one by one may still exclude each other.
        if ("faults" in result) return result.faults.every((fault) => fault.startsWith("ruleParameters: "));
        const printed = printParameters(rule.parameters, result.parsed);
        expect(parseParameters(rule.parameters, printed, "ruleParameters")).toEqual(result.parsed);
        return true;
      }),
    );
  });

  it("do not include what a stranger invents", () => {
    const invented = fc
      .oneof(fc.constantFrom("__proto__", "constructor", "hasOwnProperty", ""), fc.stringMatching(/^\w{1,20}$/))
      .filter((name) => !names.includes(name));
    fc.assert(
      fc.property(invented, fc.jsonValue(), (name, value) => {
        const given: unknown = JSON.parse(`{${JSON.stringify(name)}: ${JSON.stringify(value)}}`);
        expect(attempt(rule, given)).toEqual({
          faults: [`ruleParameters.${name} is not a parameter; use ${names.join(", ")}`],
        });
      }),
    );
  });

  it("give parameters or short sentences on one line for any JSON", () => {
    const named = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.jsonValue(), fc.string({ unit: "binary" })));
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), named), (given) => {
        const result = attempt(rule, given);
        const faults = "faults" in result ? result.faults : [];
        for (const fault of faults) {
          expect(fault).toBe(printable(fault));
          expect(fault.length).toBeLessThan(600);
        }
      }),
    );
  });
});

describe("a foreign value in a message", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.string({ unit: "grapheme", maxLength: 200 }),
  );

  it("is one well-formed line without control characters, cut to 80", () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const shown = quoted(value);
        expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/u);
        expect(shown.length).toBeLessThanOrEqual("``...".length + 80);
      }),
    );
  });

  it("is itself where it is plain and short", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii", maxLength: 80 }), (value) => {
        expect(quoted(value)).toBe(`\`${value}\``);
      }),
    );
  });
});
