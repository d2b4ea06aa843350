/**
 * How the HTML report opens and filters, in Chromium: ten thousand findings beside a hundred of the same kind, each with a
 * request and a policy to mend. `node bench/page.ts`
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { htmlReport } from "../lib/report/html/html.ts";
import type { Evaluation } from "../lib/rule.ts";
import { browserPath } from "../scripts/browser.ts";
import { report, resource, ruleReport, violation } from "../test/lib/report/sample.ts";
import { median } from "./ratio.ts";

const counts = { many: 10_000, few: 100 };
const goals = { open: 2_000, filter: 100 };
const rounds = 5;

const folder = await mkdtemp(join(tmpdir(), "page-"));
const browser = await chromium.launch({ executablePath: await browserPath() });
try {
  const few = await measured(browser, counts.few);
  const many = await measured(browser, counts.many);
  for (const step of ["open", "filter"] as const) {
    const times = `${many[step].toFixed(0)} ms over ${few[step].toFixed(0)} ms`;
    const growth = (many[step] / few[step]).toFixed(2);
    console.log(
      `${step} ${counts.many} findings over ${counts.few}: ${growth}  (${times}; goal for the first ${goals[step]} ms)`,
    );
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true });
}

async function measured(of: Browser, count: number): Promise<Record<keyof typeof goals, number>> {
  const path = join(folder, `${count}.html`);
  const html = htmlReport(report([ruleReport(Array.from({ length: count }, (_, at) => findingOf(at)))]));
  await writeFile(path, html);
  console.log(`a page of ${count} findings: ${(html.length / 1_000_000).toFixed(1)} MB`);
  const open: number[] = [];
  const filter: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const page = await of.newPage();
    const began = performance.now();
    await page.goto(pathToFileURL(path).href);
    await page.locator(".findings li").first().waitFor();
    open.push(performance.now() - began);
    // Until the list is drawn, within the page: without the way there and back.
    filter.push(
      await page.evaluate<number>(`(async () => {
        const input = document.querySelector("input[type=search]");
        const drawn = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        const began = performance.now();
        input.value = "role-${count - 1} getitem";
        input.dispatchEvent(new InputEvent("input", { bubbles: true }));
        do { await drawn(); } while (document.querySelectorAll(".findings li").length !== 1);
        return performance.now() - began;
      })()`),
    );
    await page.close();
  }
  return { open: median(open), filter: median(filter) };
}

function findingOf(at: number): Evaluation {
  const arn = `arn:aws:iam::123456789012:role/role-${at}`;
  const table = `arn:aws:dynamodb:us-east-1:123456789012:table/Table-${at % 500}`;
  const document = {
    Version: "2012-10-17",
    Statement: Array.from({ length: 4 }, (_, index) => ({
      Sid: `Statement${index}`,
      Effect: "Allow",
      Action: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"],
      Resource: [table, `${table}/index/*`],
      Condition: { StringEquals: { "aws:PrincipalTag/team": `team-${at}` } },
    })),
  };
  return violation(
    { ...resource(`role-${at}`, "AWS::IAM::Role"), arn },
    {
      fingerprint: `fingerprint-${at}`,
      reasons: [
        {
          code: "noCondition",
          found: `role/role-${at}: policy-${at} allows dynamodb:GetItem on ${table}`,
          wanted: "a condition is wanted",
          source: null,
        },
      ],
      witness: {
        principal: arn,
        action: "dynamodb:GetItem",
        resource: table,
        context: { "aws:SourceVpce": null },
        allowedBy: [`policy-${at}/Statement0`],
      },
      mend: {
        summary: "Require the team's tag",
        steps: [{ file: `policy-${at}.json`, content: `${JSON.stringify(document, null, 2)}\n` }],
        mayBreak: "Requests of other teams are refused.",
        choice: null,
      },
    },
  );
}
