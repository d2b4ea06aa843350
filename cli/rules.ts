/** `rules`: the catalogue, one rule explained, and the permissions that a scan needs. Reads the generated metadata, so no SDK client. */
import { Argument, InvalidArgumentError, Option } from "commander";
import type { PublishedMetadata } from "../lib/metadata.ts";
import { quoted } from "../lib/parameters.ts";
import { publishedCatalogue as catalogue } from "../lib/published.ts";
import { inertJson } from "../lib/report/json.ts";
import { emphasise, type TextOptions } from "../lib/report/text.ts";
import { defineCommand, formatOption, regionOption } from "./command.ts";
import { CliError, exitStatus } from "./errors.ts";
import { nearestNames } from "./nearest.ts";
import { print, terminalText } from "./output.ts";
import { scanPolicy } from "./policy.ts";
import { ruleExplained, ruleLines } from "./rule-text.ts";

interface RulesOptions {
  readonly format: "table" | "json";
  readonly policy?: true;
  readonly account?: string;
  readonly region?: string;
}

export const rules = defineCommand<RulesOptions>({
  name: "rules",
  summary: "list the rules, explain one, or print the IAM policy that a scan needs",
  operands: new Argument("[rule]", "the name of the one rule to explain"),
  options: [
    formatOption(),
    new Option("--policy", "print the IAM policy that a scan needs").conflicts("format"),
    new Option("--account <id>", "with --policy: limit it to this account")
      .implies({ policy: true })
      .argParser(accountId),
    regionOption().implies({ policy: true }),
  ],

  async run({ format, policy, ...place }, [named]) {
    const rule = named === undefined ? null : ruleNamed(named);
    const told = rule === null ? catalogue : [rule];
    if (policy) {
      const permissions = told.flatMap(({ permissions: needed }) => needed);
      await print(inertJson(scanPolicy(permissions, place)));
    } else if (format === "json") await print(inertJson(rule ?? catalogue));
    else await print(rule === null ? listing(catalogue, terminalText()) : ruleExplained(rule, terminalText()));
    return exitStatus.whole;
  },
});

/** @throws CliError that names the rules which may have been meant */
function ruleNamed(given: string): PublishedMetadata {
  const rule = catalogue.find(({ name }) => name === given);
  if (rule !== undefined) return rule;
  const names = catalogue.map(({ name }) => name);
  const nearest = nearestNames(given, names);
  const todo = nearest.length > 0 ? `did you mean ${nearest.join(" or ")}?` : `use ${names.join(", ")}`;
  throw new CliError(exitStatus.usage, `${quoted(given)} is no rule; ${todo}`);
}

export function listing(rules: readonly PublishedMetadata[], options: TextOptions): string {
  const lines = rules.flatMap((rule, at) => [
    ...(rule.practice === rules[at - 1]?.practice ? [] : [emphasise(rule.practice, "bold", options)]),
    ...ruleLines(rule, options),
    "",
  ]);
  return `${[...lines, "Explain one: rules RULE; judge an account: scan; what that may read: rules --policy"].join("\n")}\n`;
}

function accountId(given: string): string {
  if (/^\d{12}$/.test(given)) return given;
  throw new InvalidArgumentError("Use the twelve digits of an AWS account.");
}
