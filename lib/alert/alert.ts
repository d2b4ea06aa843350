/** An alert: what an EventBridge event "Config Rules Compliance Change" tells a person. Pure. */
import * as z from "zod/mini";
import type { Severity } from "../rule.ts";
import { type AlertRule, reasonIn, ruleInside } from "./rule.ts";
import { plain } from "./text.ts";

export type AlertKind = "broken" | "notVerified" | "compliant" | "deleted" | "exempt" | "notJudged";

/** All texts of it are plain. */
export interface Alert {
  readonly kind: AlertKind;
  /** As AWS Config names it here. */
  readonly configRuleName: string;
  /** Null where no rule of the catalogue is inside that name. */
  readonly rule: AlertRule | null;
  /** Of a violation whose reason the annotation tells; null for all others. */
  readonly severity: Severity | null;
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  /** `table`, `VPC endpoint`. */
  readonly noun: string;
  readonly name: string;
  readonly resourceId: string;
  /** When what was judged was so: the event's ordering time. */
  readonly time: Date;
  readonly annotation: string | null;
  readonly why: string | null;
  readonly complianceType: string;
  /** What the resource was before; null on a first result. */
  readonly before: string | null;
  /** The same for all results of one rule on one resource, of which AWS Config keeps the latest. */
  readonly slot: string;
  /** The same for an event that was delivered twice. */
  readonly key: string;
}

/** Thrown with every fault of an event; it names the fields. */
export class AlertError extends Error {
  override readonly name = "AlertError";
}

const text = z.string("text");
const isTime = (given: string) => !Number.isNaN(Date.parse(given));
const time = z.string("a time").check(z.refine(isTime, "a time"));
const result = z.nullish(
  z.object(
    {
      complianceType: z.enum(["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA"], "a ComplianceType"),
      evaluationResultIdentifier: z.object({ orderingTimestamp: time }, "an object"),
      annotation: z.nullish(text),
    },
    "an object",
  ),
);
const event = z.object(
  {
    source: z.literal("aws.config", "aws.config"),
    "detail-type": z.literal("Config Rules Compliance Change", "Config Rules Compliance Change"),
    detail: z.object(
      {
        awsAccountId: z.string("an account id").check(z.regex(/^\d{12}$/, "an account id")),
        awsRegion: z.string("a region").check(z.regex(/^[a-z]+(-[a-z]+)+-\d+$/, "a region")),
        configRuleName: text,
        configRuleARN: z.string("an ARN").check(z.regex(/^arn:[a-z-]+:/, "an ARN")),
        resourceType: text,
        resourceId: text,
        newEvaluationResult: result,
        oldEvaluationResult: result,
        notificationCreationTime: time,
      },
      "an object",
    ),
  },
  "a JSON object",
);

/** The alert in an SQS message's body; null where the change is none to alert of.
 * @throws AlertError naming what is missing or not accepted */
export function alertIn(body: string): Alert | null {
  const { detail } = parse(body);
  const { newEvaluationResult: now, oldEvaluationResult: old } = detail;
  const alert = alertOf({
    accountId: detail.awsAccountId,
    region: detail.awsRegion,
    partition: detail.configRuleARN.split(":")[1] ?? "",
    configRuleName: detail.configRuleName,
    resourceType: detail.resourceType,
    resourceId: detail.resourceId,
    complianceType: now?.complianceType ?? "INSUFFICIENT_DATA",
    annotation: now?.annotation ?? null,
    before: old?.complianceType ?? null,
    ordering: now?.evaluationResultIdentifier.orderingTimestamp ?? detail.notificationCreationTime,
  });
  return isWrong(alert) || alert.before === "NON_COMPLIANT" ? alert : null;
}

/** Whether it tells of what is wrong, or may be, and not of an end of that. */
export function isWrong({ kind }: Pick<Alert, "kind">): boolean {
  return kind === "broken" || kind === "notVerified";
}

/** A result of AWS Config in its own words: of an event, or as it is held. */
export interface Result extends Pick<Alert, "accountId" | "region" | "partition" | "complianceType" | "before"> {
  readonly configRuleName: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly annotation: string | null;
  /** Its ordering timestamp. */
  readonly ordering: string;
}

/** What a result tells a person. */
export function alertOf(result: Result): Alert {
  const { accountId, region, partition, resourceType, resourceId, complianceType, before, ordering } = result;
  const annotation = result.annotation ? plain(result.annotation) : null;
  const kind = kindOf(complianceType, annotation);
  const configRuleName = plain(result.configRuleName);
  const rule = ruleInside(configRuleName);
  const reason = kind === "broken" && rule !== null && annotation !== null ? reasonIn(rule, annotation) : null;
  const slot = [accountId, region, result.configRuleName, resourceType, resourceId];
  return {
    kind,
    configRuleName,
    rule,
    severity: reason?.severity ?? null,
    accountId,
    region,
    partition,
    noun: nouns[resourceType] ?? plain(resourceType),
    name: nameOf(resourceType, plain(resourceId), annotation),
    resourceId: plain(resourceId),
    time: new Date(ordering),
    annotation,
    why: kind === "notVerified" ? whyNotVerified : (reason?.why ?? rule?.description ?? null),
    complianceType,
    before,
    slot: JSON.stringify(slot),
    key: JSON.stringify([...slot, complianceType, ordering]),
  };
}

const whyNotVerified = "What cannot be read is never counted as compliant: it may break the practice unseen.";

const nouns: Readonly<Record<string, string>> = {
  "AWS::::Account": "account",
  "AWS::DynamoDB::Table": "table",
  "AWS::EC2::VPC": "VPC",
  "AWS::EC2::VPCEndpoint": "VPC endpoint",
  "AWS::IAM::Group": "group",
  "AWS::IAM::Policy": "policy",
  "AWS::IAM::Role": "role",
  "AWS::IAM::User": "user",
};

/** The annotations' own words, from lib/annotation.ts and lib/judge.ts, tell the kinds of one type apart. */
function kindOf(complianceType: string, annotation: string | null): AlertKind {
  if (complianceType === "NON_COMPLIANT") return annotation?.startsWith("NOT VERIFIED:") ? "notVerified" : "broken";
  if (complianceType === "COMPLIANT") return "compliant";
  if (annotation?.startsWith("Deleted")) return "deleted";
  return annotation?.startsWith("Exempt") ? "exempt" : "notJudged";
}

/** IAM's ids (AIDA...) say nothing to a person: there the annotation begins with type, path and name, or with an exemption
 * and then these. */
function nameOf(resourceType: string, resourceId: string, annotation: string | null): string {
  if (!resourceType.startsWith("AWS::IAM::")) return resourceId;
  const [start = "", type, name] = ofIam.exec(annotation ?? "") ?? [];
  return start !== "" && type === nouns[resourceType] && name !== undefined ? name : resourceId;
}

const ofIam = /^(?:Exempt: .*? \(until \d{4}-\d{2}-\d{2}\): )?([a-z]+)\/([\w+=,.@/-]+): /;

function parse(body: string): z.output<typeof event> {
  let given: unknown;
  try {
    given = JSON.parse(body);
  } catch (cause) {
    throw new AlertError("the message's body is not JSON; use an event of EventBridge", { cause });
  }
  const parsed = event.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => {
    const value = path.reduce<unknown>((inner, key) => Object(inner)[key], given);
    const shown = value === undefined ? "missing" : `\`${plain(JSON.stringify(value)).slice(0, 80)}\``;
    return `${path.join(".") || "event"} is ${shown}; use ${message}`;
  });
  throw new AlertError(faults.join("; "));
}
