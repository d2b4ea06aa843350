/** Which calls of the rules AWS answers: allowed, denied, throttled, out of reach, or not asked at all. Pure. */
import type { Probe } from "../probes/probe.ts";
import type { Permission } from "../rule.ts";
import type { Check } from "./check.ts";

const area = "Calls of the rules";

interface Needing {
  readonly name: string;
  readonly permissions: readonly Permission[];
}

/** A check for every action that a rule needs, in alphabetical order; one without a probe is not known. */
export function callChecks(probes: readonly Probe[], rules: readonly Needing[]): readonly Check[] {
  const byAction = new Map(probes.map((probe) => [probe.action, probe]));
  const needed = new Map<Permission["action"], string[]>();
  for (const { name, permissions } of rules) {
    for (const { action } of permissions) needed.set(action, [...(needed.get(action) ?? []), name]);
  }
  return [...needed]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([action, names]) => {
      const probe = byAction.get(action) ?? { action, withheld: "this version does not ask it" };
      return { area, name: action, rules: names, ...judged(probe, names) };
    });
}

function judged(probe: Probe, rules: readonly string[]): Pick<Check, "status" | "found" | "todo" | "hinders"> {
  if ("answered" in probe) {
    return { status: "OK", found: `answered on ${probe.answered}`, todo: null, hinders: null };
  }
  if ("notAsked" in probe) {
    return { status: "NOT_KNOWN", found: `not asked: ${probe.notAsked}`, todo: null, hinders: null };
  }
  if ("withheld" in probe) {
    const todo = "make sure that it is allowed";
    return { status: "NOT_KNOWN", found: `not asked: ${probe.withheld}`, todo, hinders: null };
  }
  const { message } = probe.unread;
  const needing = `needed by ${rules.join(", ")}`;
  const hinders = "scan";
  switch (probe.failure) {
    case "denied":
      return { status: "PROBLEM", found: message, todo: needing, hinders };
    case "unreachable": {
      const todo = `check the network, the region and AWS_ENDPOINT_URL, and in a VPC the endpoint of the service; ${needing}`;
      return { status: "PROBLEM", found: message, todo, hinders };
    }
    case "throttled":
      return { status: "NOT_KNOWN", found: message, todo: `ask again when fewer others do; ${needing}`, hinders };
    case "failed":
      return { status: "NOT_KNOWN", found: message, todo: needing, hinders };
  }
}
