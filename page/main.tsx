/** The page begins here: its data stands in the file itself. */
import { render } from "preact";
import type { PageData } from "../lib/report/html/page-data.ts";
import { ReportPage } from "./report-page.tsx";

const data: PageData = JSON.parse(document.getElementById("data")?.textContent ?? "");
const root = document.getElementById("report");
document.title = `DynamoDB compliance: ${data.subject}`;
if (root !== null) render(<ReportPage data={data} />, root);
