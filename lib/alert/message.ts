/** The message of one alert: subject and text of an e-mail. Pure. */
import { type Alert, type AlertKind, isWrong } from "./alert.ts";
import { capitalized, cut, inWords, labelled, labelWidth, uncapitalized, wrap } from "./text.ts";

export interface Message {
  readonly subject: string;
  readonly text: string;
}

/** SNS wants fewer than 100 characters. */
const subjectLimit = 99;

/** A name is cut down to this before the rule is left out of a subject. */
const shortestName = 24;

export function messageOf(alert: Alert): Message {
  const paragraphs = [wrap(sentence(alert)), details(alert)];
  return { subject: subjectOf(alert), text: `${paragraphs.join("\n\n")}\n` };
}

/** The state in one or two words, as AWS Config has it; but what could not be read is told apart from what is wrong. */
export function stateOf({ kind, complianceType }: Pick<Alert, "kind" | "complianceType">): string {
  return kind === "notVerified" ? "NOT VERIFIED" : complianceType;
}

export function ruleNameOf({ rule, configRuleName }: Alert): string {
  return rule?.name ?? configRuleName;
}

function subjectOf(alert: Alert): string {
  const compose = (name: string, rule: string) =>
    `DynamoDB ${stateOf(alert)}: ${alert.noun} ${name}${rule} (${alert.accountId} ${alert.region})`;
  const rule = `, ${ruleNameOf(alert)}`;
  const room = (withRule: string) => subjectLimit - compose("", withRule).length;
  if (alert.name.length <= room(rule) || room(rule) >= shortestName) return compose(cut(alert.name, room(rule)), rule);
  return cut(compose(cut(alert.name, Math.max(shortestName, room(""))), ""), subjectLimit);
}

function sentence(alert: Alert): string {
  const resource = capitalized(`${alert.noun} ${alert.name}`);
  const practice = `"${uncapitalized(alert.rule?.practice ?? alert.configRuleName)}"`;
  const since = inWords(alert.time);
  const sentences: Readonly<Record<AlertKind, string>> = {
    broken: `${resource} broke ${practice} at ${since}${remembered(alert.before)}.`,
    notVerified: `${resource} could not be verified for ${practice} at ${since}${remembered(alert.before)}.`,
    compliant: `${resource} complies with ${practice} again since ${since}.`,
    deleted: `${resource} was deleted, seen at ${since}; it broke ${practice} before.`,
    exempt: `${resource} is exempt from ${practice} since ${since}; it broke it before.`,
    notJudged: `${resource} is not judged for ${practice} since ${since}; it broke it before.`,
  };
  return sentences[alert.kind];
}

function remembered(before: string | null): string {
  if (before === "COMPLIANT") return " (it complied before)";
  if (before === "NOT_APPLICABLE") return " (it was not judged before)";
  return before === "NON_COMPLIANT" ? "" : " (first result)";
}

function details(alert: Alert): string {
  const wrong = isWrong(alert);
  const console = consoleLink(alert, alert.configRuleName);
  const commands = alert.rule === null ? [] : [scanCommand([alert.rule.name])];
  return [
    ...(alert.annotation === null ? [] : [labelled("What", alert.annotation)]),
    ...(wrong && alert.why !== null ? [labelled("Why", alert.why)] : []),
    ...(wrong ? more([...commands, ...console]) : more(console)),
  ].join("\n");
}

/** Lines that are not wrapped, since they are copied. */
export function more(lines: readonly string[]): readonly string[] {
  return lines.map((line, at) => `${(at === 0 ? "More" : "").padEnd(labelWidth)}${line}`);
}

export function scanCommand(names: readonly string[]): string {
  return `dynamodb-compliance scan --rules ${names.join(",")}`;
}

const consoles: Readonly<Record<string, string>> = {
  aws: "console.aws.amazon.com",
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
};

/** The console's page of a Config rule, or of all of them; none in a partition whose console is not known. */
export function consoleLink(
  place: Pick<Alert, "partition" | "region">,
  configRuleName: string | null,
): readonly string[] {
  const host = consoles[place.partition];
  if (host === undefined) return [];
  const page = configRuleName === null ? "rules" : `rules/details?configRuleName=${encodeURIComponent(configRuleName)}`;
  return [`https://${host}/config/home?region=${place.region}#/${page}`];
}
