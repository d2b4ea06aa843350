/** The HTML report: one file that asks for nothing else. The page itself is made by `npm run generate` from `page/`. */
import type { PolicyReport } from "../policy-report.ts";
import type { Report } from "../report.ts";
import type { PageData } from "./page-data.ts";
import { dataOfPolicies, dataOfReport } from "./report-data.ts";
import shell from "./shell.json" with { type: "json" };

export function htmlReport(report: Report): string {
  return pageWith(dataOfReport(report));
}

export function htmlOfPolicies(report: PolicyReport): string {
  return pageWith(dataOfPolicies(report));
}

function pageWith(data: PageData): string {
  return `${shell.beforeData}${inertData(data)}${shell.afterData}`;
}

/** JSON that HTML reads as text whatever it holds: without `<` neither the element nor a comment can begin or end. */
function inertData(data: PageData): string {
  return JSON.stringify(data).replaceAll("<", "\\u003c");
}
