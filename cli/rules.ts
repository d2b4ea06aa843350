/** `rules`: the catalogue, and the permissions that a scan needs. Reads the generated metadata, so no SDK client. */
import { InvalidArgumentError, Option } from "commander";
import type { PublishedMetadata } from "../lib/metadata.ts";
import { inertJson } from "../lib/report/json.ts";
import { emphasise, type TextOptions, wrap } from "../lib/report/text.ts";
import metadata from "../lib/rules/rules.json" with { type: "json" };
import { defineCommand, formatOption, regionOption } from "./command.ts";
import { exitStatus } from "./errors.ts";
import { print, terminalText } from "./output.ts";
import { scanPolicy } from "./policy.ts";

// The file is generated from values of this type, which a check of every build compares.
const catalogue = metadata as unknown as readonly PublishedMetadata[];

interface RulesOptions {
  readonly format: "table" | "json";
  readonly policy?: true;
  readonly account?: string;
  readonly region?: string;
}

export const rules = defineCommand<RulesOptions>({
  name: "rules",
  summary: "list the rules, or print the IAM policy that a scan needs",
  options: [
    formatOption(),
    new Option("--policy", "print the IAM policy that a scan needs").conflicts("format"),
    new Option("--account <id>", "with --policy: limit it to this account")
      .implies({ policy: true })
      .argParser(accountId),
    regionOption().implies({ policy: true }),
  ],

  async run({ format, policy, ...place }) {
    if (policy) {
      const permissions = catalogue.flatMap((rule) => rule.permissions);
      await print(inertJson(scanPolicy(permissions, place)));
    } else await print(format === "json" ? inertJson(catalogue) : listing(catalogue, terminalText()));
    return exitStatus.whole;
  },
});

export function listing(rules: readonly PublishedMetadata[], options: TextOptions): string {
  const lines = rules.flatMap((rule, at) => [
    ...(rule.practice === rules[at - 1]?.practice ? [] : [emphasise(rule.practice, "bold", options)]),
    ...ruleLines(rule, options),
    "",
  ]);
  return `${[...lines, "Judge an account: scan; what that may read: rules --policy"].join("\n")}\n`;
}

function ruleLines(rule: PublishedMetadata, { width }: TextOptions): readonly string[] {
  const { name, title, description, judges, watches, parameters } = rule;
  const triggers = ["a schedule", ...watches.map((type) => `a change of ${type}`)].join(", ");
  const indented = (text: string, indent: number): readonly string[] =>
    wrap(text, width - indent).map((line) => `${" ".repeat(indent)}${line}`);
  return [
    `  ${name}`,
    ...[`${title}.`, description, `Judges: ${judges.join(", ")}`, `Triggered by: ${triggers}`].flatMap((text) =>
      indented(text, 4),
    ),
    "    Parameters:",
    ...Object.entries(parameters).flatMap(([parameter, { default: byDefault, accepts, description: about }]) => [
      ...indented(`${parameter} = ${byDefault ?? "(not given)"}; accepts ${accepts}`, 6),
      ...indented(about, 8),
    ]),
  ];
}

function accountId(given: string): string {
  if (/^\d{12}$/.test(given)) return given;
  throw new InvalidArgumentError("Use the twelve digits of an AWS account.");
}
