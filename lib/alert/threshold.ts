/** From which severity on a violation sends an alert. Pure. */
import { isAtLeast, type Severity, severities } from "../rule.ts";
import type { Alert } from "./alert.ts";

/** Whether an alert is sent. Only a violation whose reason its annotation tells can be too mild: all else there is to alert
 * of has no severity, and silence about the unknown would pass for compliance. */
export function isSent({ severity }: Pick<Alert, "severity">, minimum: Severity): boolean {
  return severity === null || isAtLeast(severity, minimum);
}

/** The severity that ALERT_MINIMUM_SEVERITY asks for; not set, LOW, which leaves nothing out.
 * @throws Error naming the variable, what was given and what is accepted */
export function minimumSeverityIn(environment: NodeJS.ProcessEnv): Severity {
  const given = environment["ALERT_MINIMUM_SEVERITY"] ?? "LOW";
  const minimum = severities.find((severity) => severity === given);
  if (minimum !== undefined) return minimum;
  throw new Error(`ALERT_MINIMUM_SEVERITY is \`${given}\`; use LOW, MEDIUM, HIGH or CRITICAL`);
}
