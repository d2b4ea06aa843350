/** The terminal report's blocks: one a cause, of a violation or of what could not be read. */
import { reasonInWords, unreadInWords } from "../annotation.ts";
import { simulation, witnessInWords } from "../iam/explain.ts";
import { printable } from "../parameters.ts";
import type { Evaluation, Resource, Severity, Step, WitnessRequest } from "../rule.ts";
import type { NotReadGroup, ViolationGroup } from "./group.ts";
import { type Emphasis, emphasise, type TextOptions, wrap, wrapCommand } from "./text.ts";
import { countOf, resourcesInWords } from "./words.ts";

/** A label and what stands beside it, as lines for a given width. */
export type Field = readonly [label: string, linesAt: (width: number) => readonly string[]];

const emphasisOf: Readonly<Record<Severity, Emphasis>> = {
  CRITICAL: ["bold", "red"],
  HIGH: "red",
  MEDIUM: "yellow",
  LOW: "cyan",
};
/** Columns before a violation's text: the longest severity between two spaces each. */
const severityWidth = 12;
/** Steps differ from resource to resource: those of the first few stand for all. */
const mendsShown = 3;

export function violationBlock({ severity, evaluations }: ViolationGroup, options: TextOptions): readonly string[] {
  const [{ rule, resource, reasons, witness, mend }] = evaluations;
  const width = options.width - severityWidth;
  const resources = printable(resourcesInWords(evaluations.map(({ resource }) => resource)));
  const title = `${rule}   ${resources}`;
  const [first = "", ...rest] = [
    ...(title.length <= width ? [title] : [rule, ...wrap(resources, width)]),
    ...reasons.flatMap((reason) => wrap(reasonInWords(reason), width)),
    ...fieldLines(
      [
        ...causeField(evaluations),
        ...(witness === null ? [] : witnessFields(witness, resource)),
        ...(mend === null ? [] : [mendField(mend, evaluations), ...choiceField(mend)]),
        ...(mend === null ? [] : [textField("May break", mend.mayBreak)]),
      ],
      width,
    ),
  ];
  return [
    `  ${emphasise(severity.padEnd(severityWidth - 2), emphasisOf[severity], options)}${first}`,
    ...rest.map((line) => `${" ".repeat(severityWidth)}${line}`),
  ];
}

export function notReadBlock(group: NotReadGroup, { width }: TextOptions): readonly string[] {
  const { unread, rules, resources, brokenOff } = group;
  const failure = unreadInWords(unread);
  const fields = [
    ...(resources.length === 0 ? [] : [textField("No verdict", resourcesInWords(resources))]),
    ...(brokenOff.length === 0
      ? []
      : [textField("Broke off", `${brokenOff.join(", ")}: more may not have been listed`)]),
    textField("Rules", rules.join(", ")),
    ...(unread.lasting ? [] : [textField("May pass", "scan again")]),
  ];
  return [
    ...wrap(failure, width - 2).map((line) => `  ${line}`),
    ...fieldLines(fields, width - 4).map((line) => `    ${line}`),
  ];
}

/** What one mend would put right for all of them; nothing where it is the one resource itself. */
function causeField([first, ...others]: ViolationGroup["evaluations"]): readonly Field[] {
  const { type, id } = first.resource;
  const sources = first.reasons.flatMap(({ source }) =>
    source === null || (others.length === 0 && source.type === type && source.id === id)
      ? []
      : [resourcesInWords([source])],
  );
  return sources.length === 0 ? [] : [textField("Cause", [...new Set(sources)].join(", "))];
}

function witnessFields(witness: WitnessRequest, { type }: Resource): readonly Field[] {
  const allowed = textField("AWS would allow", witnessInWords(witness));
  // Of a principal the account itself can be asked, by its own policies alone: an endpoint's the simulator does not know. A
  // document alone would make a command of its own length.
  return witness.principal === null || !type.startsWith("AWS::IAM::")
    ? [allowed]
    : [allowed, ["Ask AWS", (width) => wrapCommand(simulation(witness, []), width)]];
}

function mendField(mend: NonNullable<Evaluation["mend"]>, evaluations: ViolationGroup["evaluations"]): Field {
  const stepsOf = (some: readonly Evaluation[]): ReadonlyMap<string, Step> =>
    new Map(some.flatMap(({ mend }) => (mend?.steps ?? []).map((step) => [JSON.stringify(step), step])));
  const shown = stepsOf(evaluations.slice(0, mendsShown));
  const left = evaluations.filter((evaluation) => [...stepsOf([evaluation]).keys()].some((step) => !shown.has(step)));
  return [
    "Mend",
    (width) => [
      ...wrap(mend.summary, width),
      ...[...shown.values()].flatMap((step) => stepLines(step, width)),
      ...(left.length === 0 ? [] : wrap(`and the same for ${countOf(left.length, "more resource")}`, width)),
    ],
  ];
}

function choiceField(mend: NonNullable<Evaluation["mend"]>): readonly Field[] {
  const choice = mend.choice;
  return choice === null ? [] : [textField("Choose", choice)];
}

function stepLines(step: Step, width: number): readonly string[] {
  if ("command" in step) return wrapCommand(step.command, width);
  if ("words" in step) return wrap(step.words, width);
  return [
    ...wrap(`${step.file}:`, width),
    ...step.content
      .trimEnd()
      .split("\n")
      .map((line) => `  ${printable(line)}`),
  ];
}

/** Foreign text beside its label. */
export function textField(label: string, text: string): Field {
  return [label, (width) => wrap(text, width)];
}

/** Each label once, and the texts in one column.
 * @param width in columns, of label and text together */
export function fieldLines(fields: readonly Field[], width: number): readonly string[] {
  const labelWidth = Math.max(...fields.map(([label]) => label.length)) + 2;
  return fields.flatMap(([label, linesAt]) =>
    linesAt(width - labelWidth).map((line, at) => `${(at === 0 ? label : "").padEnd(labelWidth)}${line}`),
  );
}
