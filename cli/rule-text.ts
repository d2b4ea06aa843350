/** A rule's metadata as text for people: an entry of the listing, or all that there is to say of it. Pure. */
import type { PublishedMetadata } from "../lib/metadata.ts";
import { emphasise, type TextOptions, wrap } from "../lib/report/text.ts";
import { type Permission, severities } from "../lib/rule.ts";

/** What the listing tells of a rule: what it checks, and by which parameters. */
export function ruleLines(rule: PublishedMetadata, { width }: TextOptions): readonly string[] {
  const { name, title, description, judges, watches, parameters } = rule;
  return [
    `  ${name}`,
    ...[`${title}.`, description, `Judges: ${judges.join(", ")}`, `Triggered by: ${triggersInWords(watches)}`].flatMap(
      (text) => indented(text, 4, width),
    ),
    "    Parameters:",
    ...Object.entries(parameters).flatMap(([parameter, { default: byDefault, accepts, description: about }]) => [
      ...indented(`${parameter} = ${byDefault ?? "(not given)"}; accepts ${accepts}`, 6, width),
      ...indented(about, 8, width),
    ]),
  ];
}

/** All of one rule: what it checks, its parameters, its reasons with why each matters, what it reads, and links. */
export function ruleExplained(rule: PublishedMetadata, options: TextOptions): string {
  const { name, practice, title, description, judges, watches, links } = rule;
  const { width } = options;
  const heading = (text: string): readonly string[] => ["", emphasise(text, "bold", options)];
  return `${[
    emphasise(name, "bold", options),
    ...indented(`${title}.`, 2, width),
    ...indented(description, 2, width),
    "",
    ...hanging("  Practice      ", practice, width),
    ...hanging("  Judges        ", judges.join(", "), width),
    ...hanging("  Triggered by  ", triggersInWords(watches), width),
    ...heading("Parameters"),
    ...parameterLines(rule, width),
    ...heading("Violations, worst first"),
    ...reasonLines(rule, width),
    ...heading("Permissions"),
    ...rule.permissions.flatMap((permission) => permissionLines(permission, width)),
    ...heading("Read more"),
    ...links.map((link) => `  ${link}`),
    "",
    ...wrap(
      `Judge an account by it: scan --rules ${name}; the IAM policy that it needs: rules ${name} --policy`,
      width,
    ),
  ].join("\n")}\n`;
}

function parameterLines({ parameters }: PublishedMetadata, width: number): readonly string[] {
  return Object.entries(parameters).flatMap(([parameter, { default: byDefault, accepts, description }]) => [
    `  ${parameter}`,
    ...indented(description, 4, width),
    ...hanging("    Accepts  ", accepts, width),
    ...hanging("    Default  ", byDefault ?? "not given", width),
  ]);
}

function reasonLines({ reasons }: PublishedMetadata, width: number): readonly string[] {
  return Object.entries(reasons)
    .sort(([, one], [, other]) => severities.indexOf(other.severity) - severities.indexOf(one.severity))
    .flatMap(([code, { severity, says, why }]) => [
      `  ${severity.padEnd(8)}  ${code}`,
      ...hanging(`${" ".repeat(12)}Says  `, `"${says}"`, width),
      ...hanging(`${" ".repeat(12)}Why   `, why, width),
    ]);
}

function permissionLines({ action, resources, conditions }: Permission, width: number): readonly string[] {
  const limits = Object.entries(conditions ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => `${operator} ${key}: ${[values].flat().join(", ")}`),
  );
  return [
    `  ${action}`,
    ...resources.flatMap((arn, at) => hanging(at === 0 ? "    on  " : "        ", placed(arn), width)),
    ...limits.flatMap((limit) => hanging("    if  ", placed(limit), width)),
  ];
}

/** CloudFormation's pseudo parameters as what they stand for. */
function placed(text: string): string {
  return text.replaceAll("${AWS::", "${");
}

function triggersInWords(watches: PublishedMetadata["watches"]): string {
  return ["a schedule", ...watches.map((type) => `a change of ${type}`)].join(", ");
}

function indented(text: string, indent: number, width: number): readonly string[] {
  return hanging(" ".repeat(indent), text, width);
}

/** Text behind a label, its other lines below the first. */
export function hanging(label: string, text: string, width: number): readonly string[] {
  return wrap(text, width - label.length).map((line, at) => `${at === 0 ? label : " ".repeat(label.length)}${line}`);
}
