/** What was exempt, and by what: whoever may tag can exempt, so it is said. */
import type { Resource } from "../rule.ts";
import type { RuleReport } from "./report.ts";
import { resourcesInWords } from "./words.ts";

export interface ExemptionGroup {
  readonly exemption: string;
  readonly resources: string;
}

/** In the order in which they were met, each resource once. */
export function groupExemptions(rules: readonly RuleReport[]): readonly ExemptionGroup[] {
  const exempt = new Map<string, Map<string, Resource>>();
  for (const { exemption, resource } of rules.flatMap(({ evaluations }) => evaluations)) {
    if (exemption === null) continue;
    const resources = exempt.get(exemption) ?? new Map<string, Resource>();
    exempt.set(exemption, resources.set(`${resource.type} ${resource.id}`, resource));
  }
  return [...exempt].map(([exemption, resources]) => ({
    exemption,
    resources: resourcesInWords([...resources.values()]),
  }));
}
