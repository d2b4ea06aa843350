/** Which findings are shown: kept in the page's address, so that a link or a bookmark shows the same. */
import type { PageFinding, PageVerdict } from "../lib/report/html/page-data.ts";

export interface Filters {
  readonly practice: string;
  readonly rule: string;
  /** OPEN: what somebody has to look at. */
  readonly verdict: "OPEN" | PageVerdict | "";
  readonly severity: string;
  readonly change: string;
  readonly text: string;
}

/** An empty filter lets everything through. */
export const noFilters: Filters = { practice: "", rule: "", verdict: "OPEN", severity: "", change: "", text: "" };

export const verdicts: Readonly<Record<PageVerdict, string>> = {
  NON_COMPLIANT: "Violations",
  NOT_READ: "Not read",
  EXEMPTED: "Exempted",
  COMPLIANT: "Compliant",
  NOT_APPLICABLE: "Not applicable",
};

/** @param hash of an address, whoever wrote it: what is no filter is passed over */
export function readFilters(hash: string): Filters {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const verdict = given.get("verdict") ?? noFilters.verdict;
  return {
    practice: given.get("practice") ?? "",
    rule: given.get("rule") ?? "",
    verdict: isVerdict(verdict) ? verdict : noFilters.verdict,
    severity: given.get("severity") ?? "",
    change: given.get("change") ?? "",
    text: given.get("text") ?? "",
  };
}

function isVerdict(text: string): text is Filters["verdict"] {
  return text === "" || text === "OPEN" || Object.hasOwn(verdicts, text);
}

/** The address that shows the same: only what differs from the beginning. */
export function writeFilters(filters: Filters): string {
  const told = Object.entries(filters).filter(([name, value]) => noFilters[name as keyof Filters] !== value);
  return `#${new URLSearchParams(Object.fromEntries(told)).toString()}`;
}

/** A filter over findings that reads each of them once, however often it is asked. */
export function newSearch(findings: readonly PageFinding[]): (filters: Filters) => readonly PageFinding[] {
  const texts = findings.map(textOf);
  return (filters) => {
    const words = filters.text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== "");
    return findings.filter((finding, at) => {
      const text = texts[at] ?? "";
      return isChosen(finding, filters) && words.every((word) => text.includes(word));
    });
  };
}

function isChosen(finding: PageFinding, { practice, rule, verdict, severity, change }: Filters): boolean {
  return (
    (practice === "" || finding.practice === practice) &&
    (rule === "" || finding.rule === rule) &&
    (verdict === "" || (verdict === "OPEN" ? isOpen(finding) : finding.verdict === verdict)) &&
    (severity === "" || finding.severity === severity) &&
    (change === "" || finding.change === change)
  );
}

function isOpen({ verdict }: PageFinding): boolean {
  return verdict === "NON_COMPLIANT" || verdict === "NOT_READ";
}

function textOf({ rule, resource, summary, reasons, request, exemption, fingerprint }: PageFinding): string {
  return [
    rule,
    resource?.noun,
    resource?.name,
    resource?.id,
    resource?.arn,
    summary,
    ...reasons.flatMap(({ text, cause }) => [text, cause]),
    ...(request === null ? [] : [request.principal, request.action, request.resource, ...request.allowedBy]),
    exemption,
    fingerprint,
  ]
    .filter((part) => part !== undefined && part !== null)
    .join("\n")
    .toLowerCase();
}
