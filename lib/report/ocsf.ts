/**
 * A scan as Compliance Findings (class 2003) of the Open Cybersecurity Schema Framework 1.8.0, profile `cloud`: a line
 * of JSON each, since Amazon Data Firehose, which makes Security Lake's Parquet of it, takes no array.
 */
import { createHash } from "node:crypto";
import { reasonInWords, unreadInWords } from "../annotation.ts";
import type { PublishedMetadata } from "../metadata.ts";
import { publishedCatalogue } from "../published.ts";
import type { Evaluation, NotRead, Resource, ResourceKey, Severity } from "../rule.ts";
import { inertJson } from "./json.ts";
import { allEvaluations, type FormerViolation, isViolation, type Report, severityOf } from "./report.ts";
import { resourcesInWords } from "./words.ts";

const catalogue = new Map<string, PublishedMetadata>(publishedCatalogue.map((rule) => [rule.name, rule]));

const schemaVersion = "1.8.0";
const classUid = 2003;

interface Enumerated {
  readonly id: number;
  readonly caption: string;
}

const activities = {
  create: { id: 1, caption: "Create" },
  update: { id: 2, caption: "Update" },
  close: { id: 3, caption: "Close" },
} as const satisfies Record<string, Enumerated>;

/** Of a finding. Where a consumer may have moved it on, an update tells none. */
const statuses = {
  new: { id: 1, caption: "New" },
  suppressed: { id: 3, caption: "Suppressed" },
  resolved: { id: 4, caption: "Resolved" },
  archived: { id: 5, caption: "Archived" },
} as const satisfies Record<string, Enumerated>;

const unknown = { id: 0, caption: "Unknown" } as const satisfies Enumerated;
const informational = { id: 1, caption: "Informational" } as const satisfies Enumerated;
const severities: Readonly<Record<Severity, Enumerated>> = {
  LOW: { id: 2, caption: "Low" },
  MEDIUM: { id: 3, caption: "Medium" },
  HIGH: { id: 4, caption: "High" },
  CRITICAL: { id: 5, caption: "Critical" },
};

/** What is known of a resource now; its code is AWS Config's word for it, or the CSV report's. */
const compliances = {
  COMPLIANT: { id: 1, caption: "Pass" },
  NON_COMPLIANT: { id: 3, caption: "Fail" },
  // OCSF has no word of its own for it, and of "Other" the caption is the source's.
  NOT_APPLICABLE: { id: 99, caption: "NOT_APPLICABLE" },
  NOT_READ: unknown,
} as const satisfies Record<string, Enumerated>;

/** What one finding says, in this product's terms. */
interface Finding {
  readonly uid: string;
  readonly rule: string;
  readonly resource: Resource | null;
  readonly activity: Enumerated;
  readonly status: Enumerated | null;
  readonly severity: Enumerated;
  readonly compliance: keyof typeof compliances;
  readonly details: readonly string[];
  /** Of a violation that is there now. */
  readonly violation: Evaluation | null;
  readonly exemption: string | null;
}

/** A line for each evaluation that is shown and each thing that was not read, and for each violation of the baseline that
 * ended or is exempted now. What is not verified this time gets no line of its own: it stays at the consumer as it was,
 * beside the line of what was not read. */
export function ocsfReport(report: Report): string {
  return findingsOf(report)
    .map((finding) => inertJson(eventOf(finding, report), 0))
    .join("");
}

function findingsOf(report: Report): readonly Finding[] {
  const { rules, comparison } = report;
  const known = new Set(
    [...(comparison?.unchanged ?? []), ...(comparison?.exempted ?? [])].map(({ fingerprint }) => fingerprint),
  );
  const now = rules.flatMap(({ rule, evaluations, notRead }) => [
    ...evaluations.map((evaluation) => findingOfEvaluation(evaluation, known.has(evaluation.fingerprint))),
    ...notRead.map((row) => findingOfNotRead(rule, row, report)),
  ]);
  if (comparison === null) return now;
  const told = new Set(now.map(({ uid }) => uid));
  const complianceOf = compliancesNow(report);
  const former = (
    violations: readonly FormerViolation[],
    activity: Enumerated,
    status: Enumerated,
  ): readonly Finding[] =>
    violations
      .filter(({ fingerprint }) => !told.has(fingerprint))
      .map(({ rule, resource, fingerprint, because }) => ({
        uid: fingerprint,
        rule,
        resource,
        activity,
        status,
        severity: informational,
        compliance: complianceOf(rule, resource),
        details: [because],
        violation: null,
        exemption: null,
      }));
  return [
    ...now,
    ...former(comparison.mended, activities.close, statuses.resolved),
    ...former(comparison.changed, activities.close, statuses.archived),
    ...former(comparison.exempted, activities.update, statuses.suppressed),
  ];
}

function findingOfEvaluation(evaluation: Evaluation, isKnown: boolean): Finding {
  const { rule, resource, complianceType, annotation, reasons, exemption, fingerprint } = evaluation;
  const activity = isKnown ? activities.update : activities.create;
  const common = { uid: fingerprint, rule, resource, activity, compliance: complianceType, exemption };
  if (complianceType !== "NON_COMPLIANT") {
    return { ...common, status: null, severity: informational, details: [annotation], violation: null };
  }
  const opened = isKnown ? null : statuses.new;
  return {
    ...common,
    status: isViolation(evaluation) ? opened : statuses.suppressed,
    severity: severities[severityOf(evaluation)],
    details: reasons.map(reasonInWords),
    violation: evaluation,
  };
}

function findingOfNotRead(rule: string, { resource, unread }: NotRead, { accountId, region }: Report): Finding {
  // As a fingerprint is made: the same for the same call, whatever its message says that day.
  const parts = [rule, accountId, region, resource?.type, resource?.id, "NOT_READ", unread.call];
  return {
    uid: createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32),
    rule,
    resource,
    activity: activities.create,
    status: statuses.new,
    severity: unknown,
    compliance: "NOT_READ",
    details: [unreadInWords(unread)],
    violation: null,
    exemption: null,
  };
}

/** What is told now of a resource of the baseline. */
function compliancesNow({ rules }: Report): (rule: string, resource: ResourceKey) => Finding["compliance"] {
  const keyOf = (rule: string, { type, id }: ResourceKey): string => JSON.stringify([rule, type, id]);
  const known = new Map(
    rules
      .flatMap(allEvaluations)
      .map(({ rule, resource, complianceType }) => [keyOf(rule, resource), complianceType] as const),
  );
  // Of what does not exist any more nothing passes.
  return (rule, resource) => known.get(keyOf(rule, resource)) ?? "NOT_APPLICABLE";
}

function eventOf(finding: Finding, report: Report) {
  const { uid, rule, resource, activity, status, severity, details, violation, exemption } = finding;
  const metadata = catalogue.get(rule);
  if (metadata === undefined) throw new Error(`rule \`${rule}\` is not in the catalogue`);
  const code = violation?.reasons[0]?.code;
  const why = code === undefined ? undefined : metadata.reasons[code]?.why;
  const subject = resource === null ? "the listing" : resourcesInWords([resource]);
  return {
    activity_id: activity.id,
    activity_name: activity.caption,
    category_uid: 2,
    category_name: "Findings",
    class_uid: classUid,
    class_name: "Compliance Finding",
    type_uid: classUid * 100 + activity.id,
    type_name: `Compliance Finding: ${activity.caption}`,
    time: report.evaluatedAt.getTime(),
    severity_id: severity.id,
    severity: severity.caption,
    ...(status === null ? {} : { status_id: status.id, status: status.caption }),
    message: `${subject}: ${details.join("; ")}`,
    metadata: {
      version: schemaVersion,
      profiles: ["cloud"],
      // Security Hub knows a finding by this identifier, the account's and its own.
      product: { uid: "dynamodb-compliance", name: "dynamodb-compliance", version: report.toolVersion },
    },
    cloud: {
      provider: "AWS",
      region: report.region,
      account: { uid: report.accountId, type_id: 10, type: "AWS Account" },
    },
    finding_info: {
      uid,
      uid_alt: [rule, report.accountId, report.region, ...(resource ? [resource.type, resource.id] : [])].join("/"),
      title: metadata.title,
      ...(why === undefined ? {} : { desc: why }),
      analytic: { type_id: 1, type: "Rule", uid: code === undefined ? rule : `${rule}/${code}`, name: rule },
    },
    compliance: complianceOf(finding, report, metadata),
    ...(resource === null ? {} : { resources: [resourceOf(resource)] }),
    ...(violation?.mend ? { remediation: remediationOf(violation.mend, metadata.links) } : {}),
    ...(exemption === null ? {} : { comment: exemption }),
    ...(violation?.witness ? { unmapped: { witness: violation.witness } } : {}),
  };
}

function complianceOf({ compliance, rule, details }: Finding, { rules }: Report, metadata: PublishedMetadata) {
  const { id, caption } = compliances[compliance];
  const parameters = rules.find((report) => report.rule === rule)?.parameters ?? {};
  return {
    status_id: id,
    status: caption,
    status_code: compliance,
    status_details: details,
    control: rule,
    desc: metadata.description,
    requirements: [metadata.practice],
    standards: ["Amazon DynamoDB preventative security best practices"],
    control_parameters: Object.entries(parameters).map(([name, value]) => ({ name, value })),
  };
}

function resourceOf({ type, id, name, arn }: Resource) {
  return { type, name, ...(arn === null ? { uid: id } : { uid: arn, uid_alt: id }) };
}

function remediationOf(mend: NonNullable<Evaluation["mend"]>, references: readonly string[]) {
  const { summary, choice, mayBreak } = mend;
  const sentences = [`${summary}.`, ...(choice === null ? [] : [choice]), `May break: ${mayBreak}`];
  return { desc: sentences.join(" "), references };
}
