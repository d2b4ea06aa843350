/** The HTML report in a real browser, as people open, filter, copy and print it. */
import axe from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { htmlReport } from "../../lib/report/html/html.ts";
import type { Report } from "../../lib/report/report.ts";
import type { WitnessRequest } from "../../lib/rule.ts";
import { compliant, exempt, report, resource, ruleReport, unread, violation } from "../lib/report/sample.ts";
import { itInBrowser, opening } from "./opened.ts";

const witness: WitnessRequest = {
  principal: "arn:aws:iam::123456789012:role/support",
  action: "dynamodb:Scan",
  resource: "arn:aws:dynamodb:us-east-1:123456789012:table/Orders",
  context: { "aws:SourceVpce": null },
  allowedBy: ["tickets/LookUp"],
};
const role = { ...resource("support", "AWS::IAM::Role"), arn: witness.principal };
const noCondition = { code: "noCondition", found: "allows Scan", wanted: "a condition is wanted", source: null };
const command = "aws dynamodb update-table --table-name Sessions";
const small = report([
  ruleReport(
    [
      violation(resource("Sessions")),
      violation(resource("Ledger"), { severity: "CRITICAL", fingerprint: "f2" }),
      violation(resource("Sandbox"), { exemption: "Synthetic data, until 2027-01-01" }),
      compliant(resource("Orders")),
      exempt(resource("Scratch"), "tag Stage=test"),
    ],
    [unread(resource("Legacy"))],
  ),
  ruleReport(
    [violation(role, { rule: "dynamodb-policy-conditions", severity: "HIGH", reasons: [noCondition], witness })],
    [],
    {
      rule: "dynamodb-policy-conditions",
      practice: "Conditions for fine-grained access",
    },
  ),
]);
const html = htmlReport(small);

/** What the list shows, once it shows that. */
async function expectShown(page: Page, resources: readonly string[]): Promise<void> {
  await expect.poll(() => page.locator(".findings .resource").allTextContents()).toEqual(resources);
}
const open = ["table Ledger", "table Legacy", "role support", "table Sessions"];

describe("opened from disk", () => {
  itInBrowser("it says what was found, and asks nobody for anything", () =>
    opening(html, async ({ page, said, asked }) => {
      expect(await page.title()).toBe("DynamoDB compliance: Account 123456789012, us-east-1");
      expect(await page.locator("h1").textContent()).toBe(
        "3 of 5 judged resources break a practice, 1 more is exempted; 1 could not be read, and none of that complies",
      );
      await expectShown(page, open);
      expect(said).toEqual([]);
      expect(asked).toEqual([]);
    }),
  );

  itInBrowser("what could not be read has a band of its own before all else", () =>
    opening(html, async ({ page }) => {
      const [first] = await page.locator("main h2").allTextContents();
      expect(first).toBe("Not read: nothing here counts as compliant");
      expect(await page.locator(".not-read").first().textContent()).toMatch(/kms:DescribeKey.*table Legacy/);
    }),
  );

  itInBrowser("a browser without scripts says what to do", () =>
    opening(
      html,
      async ({ page }) => {
        expect(await page.locator("noscript").isVisible()).toBe(true);
        expect(await page.locator("noscript").textContent()).toMatch(/formats table, markdown and csv/);
      },
      { javaScriptEnabled: false },
    ),
  );

  itInBrowser("a narrow screen needs no scrolling aside", () =>
    opening(
      html,
      async ({ page }) => {
        await page.getByRole("button", { name: "Open all shown" }).click();
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
      },
      { viewport: { width: 360, height: 700 } },
    ),
  );
});

describe("filters", () => {
  itInBrowser.each<readonly [label: string, choice: string, shown: readonly string[]]>([
    ["Practice", "Conditions for fine-grained access", ["role support"]],
    ["Rule", "dynamodb-table-encryption", ["table Ledger", "table Legacy", "table Sessions"]],
    ["Severity", "CRITICAL", ["table Ledger"]],
    ["Verdict", "Exempted", ["table Sandbox"]],
    ["Verdict", "Not read", ["table Legacy"]],
    ["Verdict", "Compliant", ["table Orders"]],
    ["Verdict", "Not applicable", ["table Scratch"]],
  ])("%s: %s", (label, choice, shown) =>
    opening(html, async ({ page }) => {
      await page.getByRole("combobox", { name: label }).selectOption(choice);
      await expectShown(page, shown);
      await expect.poll(() => page.locator("output").textContent()).toBe(`${shown.length} of 7 shown`);
      await page.getByRole("button", { name: "Reset" }).click();
      await expectShown(page, open);
    }),
  );

  itInBrowser("a text is looked for in names, actions and what was found; the address keeps it", () =>
    opening(html, async ({ page, address }) => {
      await page.getByLabel("Text").fill("SCAN support");
      await expectShown(page, ["role support"]);
      const kept = page.url();
      await page.goto("about:blank");
      await page.goto(kept);
      expect(kept.startsWith(`${address}#`)).toBe(true);
      expect(await page.getByLabel("Text").inputValue()).toBe("SCAN support");
      await expectShown(page, ["role support"]);
      await page.getByLabel("Text").fill("nobody");
      expect(await page.locator(".empty").textContent()).toBe("Nothing passes these filters.");
    }),
  );

  itInBrowser("a practice's bar shows its findings, and a second click all again", () =>
    opening(html, async ({ page }) => {
      const bar = page.getByRole("link", { name: "Conditions for fine-grained access" });
      await bar.click();
      await expectShown(page, ["role support"]);
      await bar.click();
      await expectShown(page, open);
    }),
  );

  itInBrowser("the picture leads from a principal to its findings, and says the same as a table", () =>
    opening(html, async ({ page }) => {
      await page.getByRole("link", { name: "Findings that name role support" }).click();
      await expectShown(page, ["role support"]);
      await page.getByText("The same as a table").click();
      expect(await page.locator(".as-table td").allTextContents()).toEqual([
        "role support",
        "the internet",
        "Orders",
        "1",
      ]);
    }),
  );

  itInBrowser("an address with filters that nobody knows shows what is open", () =>
    opening(html, async ({ page }) => expectShown(page, open), {
      hash: "#verdict=constructor&x=1",
    }),
  );
});

describe("a finding", () => {
  itInBrowser("opens to the request, why it matters, the mend and the pages of AWS", () =>
    opening(html, async ({ page, said }) => {
      const finding = page.locator(".findings li", { hasText: "role support" });
      await finding.locator("summary").click();
      expect(await finding.locator(".request th").allTextContents()).toEqual([
        "Principal",
        "Action",
        "Resource",
        "aws:SourceVpce",
        "Allowed by",
      ]);
      expect(await finding.locator(".request td").allTextContents()).toEqual([
        witness.principal,
        witness.action,
        witness.resource,
        "absent",
        "tickets/LookUp",
      ]);
      expect(await finding.locator(".request pre").textContent()).toMatch(/^aws iam simulate-principal-policy /);
      expect(await finding.locator(".mend").textContent()).toMatch(/Set it.*May break: Nothing/);
      expect(await finding.locator(".links a").first().getAttribute("href")).toMatch(
        /^https:\/\/docs\.aws\.amazon\.com/,
      );
      expect(said).toEqual([]);
    }),
  );

  itInBrowser("its cause leads to all that have the same, and its fingerprint to it alone", () => {
    const reasons = [{ ...noCondition, source: resource("tickets", "AWS::IAM::Policy") }];
    const roles = ["support", "night-shift"].map((name) =>
      violation(resource(name, "AWS::IAM::Role"), { reasons, fingerprint: `fingerprint-of-${name}` }),
    );
    const both = htmlReport(report([ruleReport([...roles, violation(resource("Sessions"))])]));
    return opening(both, async ({ page }) => {
      await page.locator(".findings summary").first().click();
      await page.getByRole("link", { name: "policy tickets" }).click();
      await expectShown(page, ["role support", "role night-shift"]);
      await page.getByRole("link", { name: "fingerprint-of-support" }).click();
      await expectShown(page, ["role support"]);
    });
  });

  itInBrowser("its command is copied as it stands", () =>
    opening(
      html,
      async ({ page }) => {
        const finding = page.locator(".findings li", { hasText: "table Sessions" });
        await finding.locator("summary").click();
        await finding.getByRole("button", { name: "Copy: the command" }).click();
        await finding.getByRole("button", { name: "Copied: the command" }).waitFor();
        expect(await page.evaluate("navigator.clipboard.readText()")).toBe(command);
      },
      { permissions: ["clipboard-read", "clipboard-write"] },
    ),
  );

  itInBrowser("where copying is refused, the button says what to do", () =>
    opening(html, async ({ page }) => {
      await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))");
      await page.getByRole("button", { name: "Open all shown" }).click();
      await page.getByRole("button", { name: "Copy: the command" }).first().click();
      await page.getByRole("button", { name: "Select and copy it: the command" }).waitFor();
    }),
  );

  itInBrowser("opens by the keyboard alone", () =>
    opening(html, async ({ page }) => {
      await page.keyboard.press("Tab");
      expect(await page.locator(":focus").textContent()).toBe("Skip to the findings");
      await page.keyboard.press("Enter");
      expect(await page.locator(":focus").getAttribute("id")).toBe("findings");
      await page.locator(".findings summary").first().focus();
      await page.keyboard.press("Enter");
      await page.locator(".findings details[open] .mend").waitFor();
    }),
  );
});

describe("on paper", () => {
  itInBrowser("it holds every finding opened and every verdict, and afterwards is as it was", () =>
    opening(html, async ({ page }) => {
      await page.locator(".findings summary").first().click();
      // What a browser does before and after it takes the page.
      await page.evaluate("dispatchEvent(new Event('beforeprint'))");
      expect(await page.locator(".findings details[open] .body").count()).toBe(4);
      const verdicts = await page.locator(".appendix tbody").nth(1).locator("tr").allTextContents();
      expect(verdicts).toHaveLength(7);
      expect(verdicts[0]).toMatch(/dynamodb-table-encryption.*table Ledger.*NON_COMPLIANT \(CRITICAL\)/);
      expect(await page.locator(".appendix tbody").first().textContent()).toMatch(/minimumKeyType = AWS_MANAGED_KEY/);
      await page.evaluate("dispatchEvent(new Event('afterprint'))");
      // What was opened before stays so, also when the browser has told the page of all that opened.
      await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100)))");
      expect(await page.locator(".findings details[open], .appendix details[open]").count()).toBe(1);
    }),
  );

  itInBrowser("the browser makes a document of it", () =>
    opening(html, async ({ page, said }) => {
      await page.evaluate("addEventListener('beforeprint', () => { document.title = 'taken' })");
      const printed = await page.pdf();
      expect(printed.subarray(0, 5).toString()).toBe("%PDF-");
      expect(await page.title()).toBe("taken");
      expect(said).toEqual([]);
    }),
  );
});

describe("for everyone", () => {
  itInBrowser.each(["light", "dark"] as const)("nothing is found that keeps anybody out: %s", (colorScheme) =>
    opening(
      html,
      async ({ page }) => {
        const violationsNow = async () => {
          // As an expression of the debugger: the page's own policy lets no script in.
          await page.evaluate(axe.source);
          const { violations } = (await page.evaluate("axe.run()")) as axe.AxeResults;
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html: node }) => node).join(" ")}`);
        };
        expect(await violationsNow()).toEqual([]);
        await page.getByLabel("Verdict").selectOption("All");
        await page.getByRole("button", { name: "Open all shown" }).click();
        for (const title of await page.locator(".appendix summary, .as-table summary").all()) await title.click();
        expect(await violationsNow()).toEqual([]);
      },
      { colorScheme },
    ),
  );
});

describe("hostile names", () => {
  const hostile = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!--<script>",
    "javascript:alert(1)",
    "Ord\u202eers\u0000\u2028",
    "\ud800",
  ];
  const full: Report = report([
    ruleReport(
      hostile.map((name) =>
        violation(resource(name), {
          annotation: name,
          reasons: [{ code: "awsOwnedKey", found: name, wanted: name, source: resource(name) }],
          witness: { ...witness, principal: name, resource: name, context: { [name]: name }, allowedBy: [name] },
          mend: {
            summary: name,
            steps: [
              { command: ["aws", name] },
              { file: name, content: JSON.stringify({ Sid: name }) },
              { words: name },
            ],
            mayBreak: name,
            choice: name,
          },
        }),
      ),
      hostile.map((name) => unread(resource(name), { message: name })),
    ),
  ]);

  itInBrowser("are text wherever they stand", () =>
    opening(htmlReport(full), async ({ page, said, asked }) => {
      await page.getByRole("button", { name: "Open all shown" }).click();
      const text = await page.locator("#report").textContent();
      for (const name of hostile.slice(0, 4)) expect(text).toContain(`table ${name}`);
      // Nothing that turns or hides what stands beside it.
      expect(text).toContain("table Ord?ers??");
      expect(text).not.toMatch(/[\u202e\u2028]/u);
      expect(await page.locator(".findings img, .findings script").count()).toBe(0);
      expect(await page.locator(".findings a[href^=javascript]").count()).toBe(0);
      expect(said).toEqual([]);
      expect(asked).toEqual([]);
    }),
  );

  itInBrowser("a command with a character that cannot be shown is not copied; a file keeps its value", () =>
    opening(htmlReport(full), async ({ page }) => {
      const finding = page.locator(".findings li", { hasText: "NOT READ" }).locator("xpath=..").locator("li", {
        hasText: "table Ord?ers??",
      });
      await finding.first().locator("summary").click();
      await finding.nth(1).locator("summary").click();
      const mend = finding.locator(".mend");
      expect(await mend.getByRole("button", { name: /Copy: the command/ }).count()).toBe(0);
      expect(await mend.textContent()).toContain("Not to be copied");
      expect(JSON.parse((await mend.locator(".command pre").textContent()) ?? "")).toEqual({ Sid: hostile[4] });
    }),
  );
});

describe("ten thousand findings", () => {
  const many = report([
    ruleReport(
      Array.from({ length: 10_000 }, (_, at) => violation(resource(`Table-${at}`), { fingerprint: `f${at}` })),
    ),
  ]);

  itInBrowser("the first ones are shown at once, any of them is found, and more come when asked for", () =>
    opening(htmlReport(many), async ({ page }) => {
      expect(await page.locator("output").textContent()).toBe("10,000 of 10,000 shown");
      await expect.poll(() => page.locator(".findings .resource").count()).toBe(100);
      await page.getByRole("button", { name: "Show 500 more of 9,900" }).click();
      await expect.poll(() => page.locator(".findings .resource").count()).toBe(600);
      await page.getByLabel("Text").fill("table-9999");
      await expectShown(page, ["table Table-9999"]);
    }),
  );
});
