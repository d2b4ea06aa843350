/** Exemptions in a report: those of a file, read, and what becomes of violations by these and the rules' own. */
import { covers, exemptionInWords, exemptionsOf, isDay } from "../exemptions.ts";
import { printable, quoted } from "../parameters.ts";
import type { Evaluation } from "../rule.ts";
import { type Exemptions, type RuleExemption, type RuleReport, violationOf } from "./report.ts";

/** Thrown with every fault of a file at once. */
export class ExemptionError extends Error {
  override readonly name = "ExemptionError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join("; "));
    this.faults = faults;
  }
}

interface Field {
  readonly accepts: string;
  readonly isAccepted: (given: string) => boolean;
}

const fieldNames = ["rule", "resource", "reason", "expires"] as const;
type Fields = Readonly<Record<(typeof fieldNames)[number], Field>>;

function fieldsFor(rules: readonly string[]): Fields {
  return {
    rule: { accepts: rules.join(", "), isAccepted: (given) => rules.includes(given) },
    resource: { accepts: "an id, a name or an ARN, in which * and ? are wildcards", isAccepted: isNotBlank },
    reason: { accepts: "a sentence that says why", isAccepted: isNotBlank },
    expires: { accepts: "the last day on which it holds, as 2027-06-30", isAccepted: isDay },
  };
}

/** The exemptions in a file's text.
 * @param fileName for the messages
 * @param rules the names of all rules
 * @throws ExemptionError with a sentence for every fault, which names the entry */
export function parseExemptions(text: string, fileName: string, rules: readonly string[]): readonly RuleExemption[] {
  const place = `exemptions ${fileName}`;
  const entries = parsedList(text, place);
  const fields = fieldsFor(rules);
  const faults = entries.flatMap((entry, at) => entryFaults(entry, fields, `${place}: entry ${at + 1}`));
  if (faults.length > 0) throw new ExemptionError(faults);
  // Every field of every entry was accepted above.
  return (entries as readonly Omit<RuleExemption, "entry">[]).map((entry, at) => ({ ...entry, entry: at + 1 }));
}

function parsedList(text: string, place: string): readonly unknown[] {
  const wanted = `use a JSON list of objects with ${fieldNames.join(", ")}`;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ExemptionError([`${place}: the file is no JSON; ${wanted} - ${printable((error as Error).message)}`]);
  }
  if (!Array.isArray(json)) throw new ExemptionError([`${place}: ${quoted(json)} is no list; ${wanted}`]);
  return json;
}

function entryFaults(entry: unknown, fields: Fields, place: string): readonly string[] {
  const accepted = fieldNames.join(", ");
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    return [`${place} is ${quoted(entry)}; use an object with ${accepted}`];
  }
  const given = new Map<string, unknown>(Object.entries(entry));
  const resource = given.get("resource");
  const named = typeof resource === "string" ? `${place} (${quoted(resource)})` : place;
  return [
    ...[...given.keys()]
      .filter((name) => fieldNames.every((known) => known !== name))
      .map((name) => `${named}: ${quoted(name)} is no field; use ${accepted}`),
    ...fieldNames.flatMap((name) => {
      const value = given.get(name);
      const { accepts, isAccepted } = fields[name];
      if (typeof value === "string" && isAccepted(value)) return [];
      return [`${named}: ${name} is ${value === undefined ? "missing" : quoted(value)}; use ${accepts}`];
    }),
  ];
}

function isNotBlank(given: string): boolean {
  return given.trim() !== "";
}

/** The reports with their exempted violations marked, and what the exemptions say that the reports do not.
 * @param exemptions those of the rules' parameters, which are applied already, before those of a file
 * @param now an exemption holds to the end of its last day, in UTC */
export function applyExemptions(
  rules: readonly RuleReport[],
  exemptions: readonly RuleExemption[],
  now: Date,
): { readonly rules: readonly RuleReport[]; readonly exemptions: Exemptions } {
  const used = new Set<RuleExemption>();
  const countingAgain = new Map<RuleExemption, Evaluation[]>();

  const marked = (evaluation: Evaluation): Evaluation => {
    if (evaluation.complianceType !== "NON_COMPLIANT") return evaluation;
    const own = exemptions.filter(({ rule }) => rule === evaluation.rule);
    const { inForce, ended } = exemptionsOf(evaluation.resource, own, now);
    for (const exemption of inForce) used.add(exemption);
    const [first] = inForce;
    if (first !== undefined) return { ...evaluation, exemption: exemptionInWords(first) };
    for (const exemption of ended) {
      const again = countingAgain.get(exemption);
      if (again === undefined) countingAgain.set(exemption, [evaluation]);
      else again.push(evaluation);
    }
    return evaluation;
  };

  const markedRules = rules.map((report) => ({ ...report, evaluations: report.evaluations.map(marked) }));
  return {
    rules: markedRules,
    exemptions: {
      expired: [...countingAgain].map(([exemption, evaluations]) => ({
        exemption,
        violations: evaluations.map(violationOf),
      })),
      unused: exemptions.filter(
        (exemption) => !used.has(exemption) && !countingAgain.has(exemption) && isWholeFor(exemption, rules),
      ),
    },
  };
}

/** Whether all was judged that the exemption may be for. */
function isWholeFor(exemption: RuleExemption, rules: readonly RuleReport[]): boolean {
  const own = rules.filter(({ rule }) => rule === exemption.rule);
  return (
    own.length > 0 &&
    own.every(({ notRead }) => notRead.every(({ resource }) => resource !== null && !covers(exemption, resource)))
  );
}
