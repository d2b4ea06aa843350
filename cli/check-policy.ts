/** `check-policy`: judges policies before they are deployed, by the rules that judge those of an account. */
import { text as textOf } from "node:stream/consumers";
import { Argument, Option } from "commander";
import { type IamFacts, policyType } from "../lib/account/iam-facts.ts";
import { isEvaluation, judgeReading } from "../lib/judge.ts";
import { csvOfPolicies } from "../lib/report/csv.ts";
import { htmlOfPolicies } from "../lib/report/html/html.ts";
import { markdownOfPolicies } from "../lib/report/markdown.ts";
import { jsonOfPolicies, tableOfPolicies } from "../lib/report/policies.ts";
import type { PolicyOutcome, PolicyProblem, PolicyReport } from "../lib/report/policy-report.ts";
import { isViolation } from "../lib/report/report.ts";
import { sarifOfPolicies } from "../lib/report/sarif-policies.ts";
import type { TextOptions } from "../lib/report/text.ts";
import type { Outcome } from "../lib/rule.ts";
import { catalogue } from "../lib/rules/index.ts";
import packageJson from "../package.json" with { type: "json" };
import { defineCommand } from "./command.ts";
import { CliError, exitStatus } from "./errors.ts";
import { type ChosenRule, chooseRules } from "./inputs.ts";
import { note, readInput } from "./output.ts";
import type { FoundPolicy } from "./policy-files/found.ts";
import { placeOf } from "./policy-files/place-of.ts";
import { policiesOf, withoutMark } from "./policy-files/policies-of.ts";
import {
  type PolicyFormat,
  policyFormats,
  type ReportOptions,
  reportOptions,
  reportOutputs,
  writeReports,
} from "./report-outputs.ts";

interface CheckOptions extends ReportOptions<PolicyFormat> {
  readonly rules?: string;
  readonly parameters?: string;
  readonly failOnNonCompliant?: true;
}

/** Those of all rules that judge a policy's document. */
const judges = catalogue.filter((rule) => rule.judges.includes(policyType));

const textIn: Readonly<Record<PolicyFormat, (report: PolicyReport, text: TextOptions) => string>> = {
  table: ({ outcomes }, text) => tableOfPolicies(outcomes, text),
  json: ({ outcomes }) => jsonOfPolicies(outcomes),
  csv: csvOfPolicies,
  markdown: markdownOfPolicies,
  sarif: (report) => sarifOfPolicies(report, process.cwd()),
  html: htmlOfPolicies,
};

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
    ...reportOptions(policyFormats),
    new Option("--fail-on-non-compliant", "exit with 1 where there is a violation"),
  ],

  async run(options, files) {
    const parametersJson =
      options.parameters === undefined ? undefined : await readInput("--parameters", options.parameters);
    const rules = chooseJudges(options.rules, parametersJson);
    const outputs = await reportOutputs(options);
    const now = new Date();
    const outcomes: PolicyOutcome[] = [];
    const problems: PolicyProblem[] = [];
    for (const file of files) {
      const given = file === "-" ? await textOf(process.stdin) : await readInput("the policy file", file);
      const text = withoutMark(given);
      const found = policiesOf(file, text);
      for (const message of found.problems) note(message);
      problems.push(...found.problems.map((message) => ({ file, message })));
      outcomes.push(...found.policies.flatMap((one) => rules.map((chosen) => outcomeOf(file, text, one, chosen, now))));
    }
    for (const line of new Set(outcomes.flatMap(unreadLine))) note(line);
    const report: PolicyReport = {
      toolVersion: packageJson.version,
      rules: rules.map(({ rule: { name, practice } }) => ({ rule: name, practice })),
      outcomes,
      problems,
    };
    await writeReports(outputs, (format, text) => textIn[format](report, text));
    if (problems.length > 0 || outcomes.some(({ outcome }) => !isEvaluation(outcome))) return exitStatus.unread;
    const isViolated = outcomes.some(({ outcome }) => isEvaluation(outcome) && isViolation(outcome));
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

function outcomeOf(
  file: string,
  text: string,
  found: FoundPolicy,
  { rule, parameters }: ChosenRule,
  now: Date,
): PolicyOutcome {
  const name = found.policy ?? "";
  const resource = {
    type: policyType,
    id: name === "" ? file : `${file} ${name}`,
    name: name === "" ? file : name,
    arn: null,
  } as const;
  const [unresolved] = found.unresolved;
  // No account holds it yet, and nobody: only what it says itself counts.
  const nowhere = { accountId: "", region: "", now };
  const outcome =
    unresolved === undefined
      ? judgeReading(rule, nowhere, parameters, { resource, facts: factsOf(name, found.text, now) })
      : { resource, unread: { call: null, message: unresolved, lasting: true } };
  const place = placeOf(outcome, found, text);
  const { policy, text: document } = found;
  return { file, policy, rule: rule.name, document, place, outcome: withOrigin(outcome, found) };
}

const ofTemplate = "The document has example values where the file refers to others: change the file itself.";

/** A narrower document must not be taken for one that stands in a template. */
function withOrigin(outcome: Outcome, { policy }: FoundPolicy): Outcome {
  if (!isEvaluation(outcome) || outcome.mend === null || policy === null) return outcome;
  const { mend } = outcome;
  return { ...outcome, mend: { ...mend, choice: mend.choice === null ? ofTemplate : `${ofTemplate} ${mend.choice}` } };
}

function factsOf(name: string, text: string, now: Date): IamFacts {
  return {
    kind: "policy",
    accountId: null,
    now: now.getTime(),
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
