/** `check-policy`: judges policies before they are deployed, by the rules that judge those of an account. */
import { text as textOf } from "node:stream/consumers";
import { Argument, Option } from "commander";
import { type IamFacts, policyType } from "../lib/account/iam-facts.ts";
import { isEvaluation, judgeReading } from "../lib/judge.ts";
import { jsonOfPolicies, type PolicyOutcome, tableOfPolicies } from "../lib/report/policies.ts";
import type { Outcome } from "../lib/rule.ts";
import { catalogue } from "../lib/rules/index.ts";
import { defineCommand, formatOption } from "./command.ts";
import { CliError, exitStatus } from "./errors.ts";
import { type ChosenRule, chooseRules } from "./inputs.ts";
import { note, print, readInput, terminalText } from "./output.ts";
import type { FoundPolicy } from "./policy-files/found.ts";
import { policiesOf } from "./policy-files/policies-of.ts";

interface CheckOptions {
  readonly rules?: string;
  readonly parameters?: string;
  readonly format: "table" | "json";
  readonly failOnNonCompliant?: true;
}

/** Those of all rules that judge a policy's document. */
const judges = catalogue.filter((rule) => rule.judges.includes(policyType));

export const checkPolicy = defineCommand<CheckOptions>({
  name: "check-policy",
  summary: "judge IAM policies before they are deployed: documents, templates, Terraform plans",
  operands: new Argument(
    "<file...>",
    "policies in JSON, CloudFormation or SAM templates, Terraform plans; - is standard input",
  ),
  options: [
    new Option("--rules <names>", "only these rules, separated by commas"),
    new Option("--parameters <file>", "JSON: an object from rule names to their parameters"),
    formatOption(),
    new Option("--fail-on-non-compliant", "exit with 1 where there is a violation"),
  ],

  async run(options, files) {
    const parametersJson =
      options.parameters === undefined ? undefined : await readInput("--parameters", options.parameters);
    const rules = chooseJudges(options.rules, parametersJson);
    const outcomes: PolicyOutcome[] = [];
    let isWhole = true;
    for (const file of files) {
      const text = file === "-" ? await textOf(process.stdin) : await readInput("the policy file", file);
      const { policies, problems } = policiesOf(file, text);
      for (const problem of problems) note(problem);
      isWhole &&= problems.length === 0;
      outcomes.push(...policies.flatMap((found) => rules.map((chosen) => outcomeOf(file, found, chosen))));
    }
    for (const line of new Set(outcomes.flatMap(unreadLine))) note(line);
    await print(options.format === "json" ? jsonOfPolicies(outcomes) : tableOfPolicies(outcomes, terminalText()));
    if (!isWhole || outcomes.some(({ outcome }) => !isEvaluation(outcome))) return exitStatus.unread;
    const isViolated = outcomes.some(
      ({ outcome }) => isEvaluation(outcome) && outcome.complianceType === "NON_COMPLIANT",
    );
    return options.failOnNonCompliant && isViolated ? exitStatus.violation : exitStatus.whole;
  },
});

/** A file of parameters may be that of a scan: those of all rules are checked. */
function chooseJudges(names: string | undefined, parametersJson: string | undefined): readonly ChosenRule[] {
  const chosen = chooseRules(catalogue, names, parametersJson);
  const others = chosen.filter(({ rule }) => !judges.includes(rule)).map(({ rule }) => rule.name);
  if (names !== undefined && others.length > 0) {
    const accepted = judges.map(({ name }) => name).join(", ");
    throw new CliError(exitStatus.usage, `--rules: ${others.join(", ")} judges no policy; use ${accepted}`);
  }
  return chosen.filter(({ rule }) => judges.includes(rule));
}

function outcomeOf(file: string, found: FoundPolicy, { rule, parameters }: ChosenRule): PolicyOutcome {
  const name = found.policy ?? "";
  const resource = {
    type: policyType,
    id: name === "" ? file : name,
    name: name === "" ? file : name,
    arn: null,
  } as const;
  const [unresolved] = found.unresolved;
  // No account holds it yet, and nobody: only what it says itself counts.
  const nowhere = { accountId: "", region: "" };
  const outcome =
    unresolved === undefined
      ? judgeReading(rule, nowhere, parameters, { resource, facts: factsOf(name, found.text) })
      : { resource, unread: { call: null, message: unresolved, lasting: true } };
  return { file, policy: found.policy, rule: rule.name, document: found.text, outcome: withOrigin(outcome, found) };
}

const ofTemplate = "The document has example values where the file refers to others: change the file itself.";

/** A narrower document must not be taken for one that stands in a template. */
function withOrigin(outcome: Outcome, { policy }: FoundPolicy): Outcome {
  if (!isEvaluation(outcome) || outcome.mend === null || policy === null) return outcome;
  const { mend } = outcome;
  return { ...outcome, mend: { ...mend, choice: mend.choice === null ? ofTemplate : `${ofTemplate} ${mend.choice}` } };
}

function factsOf(name: string, text: string): IamFacts {
  return {
    kind: "policy",
    accountId: null,
    now: Date.now(),
    path: "",
    name,
    arn: null,
    policy: { name, kept: { in: "file" }, group: null, document: { value: text } },
    attachmentCount: null,
    permissionsBoundaryUsageCount: null,
  };
}

function unreadLine({ file, policy, outcome }: PolicyOutcome): readonly string[] {
  if (isEvaluation(outcome)) return [];
  return [`${file}${policy === null ? "" : ` ${policy}`}: ${outcome.unread.message}`];
}
