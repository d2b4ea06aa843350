import { describe, expect, it } from "vitest";
import rules from "../../lib/rules/rules.json" with { type: "json" };
import { functionId, logicalName } from "../../scripts/logical-id.ts";
import { template } from "../template/stack.ts";
import { documentAt } from "./markdown.ts";

const cost = documentAt("docs/cost.md").text;
const operations = documentAt("docs/operations.md").text;
const resources = Object.entries(template.Resources);
const ofType = (type: string): readonly string[] => resources.filter(([, one]) => one.Type === type).map(([id]) => id);

/** The figures of a table's last column, in its rows. */
function figuresBelow(heading: string): readonly number[] {
  const [, below = ""] = cost.split(heading);
  const [table = ""] = below.split("\n\n");
  return table.split("\n").flatMap((row) => {
    const [, figure] = /\| ([\d,]+) \|$/.exec(row) ?? [];
    return figure === undefined ? [] : [Number(figure.replaceAll(",", ""))];
  });
}

describe("the page on cost", () => {
  it("bounds Lambda by the memory and the time of the template", () => {
    const megabytes = rules.map(({ name }) => Number(template.Resources[functionId(name)]?.Properties?.["MemorySize"]));
    const seconds = rules.map(({ name }) => Number(template.Resources[functionId(name)]?.Properties?.["Timeout"]));
    expect(new Set(seconds)).toEqual(new Set([900]));
    const gigabytes = megabytes.reduce((sum, one) => sum + one, 0) / 1024;
    const gigabyteSeconds = gigabytes * 900 * 30;
    expect(cost).toContain(
      `at most ${gigabyteSeconds.toLocaleString("en")}: ten functions of ${gigabytes} GB together, 15 minutes each`,
    );
    expect(cost).toContain(`at most $${(gigabyteSeconds * 0.0000133334).toFixed(2)}`);
  });

  it("counts the template's alarms and the functions' metrics", () => {
    const alarms = ofType("AWS::CloudWatch::Alarm").length;
    const composite = ofType("AWS::CloudWatch::CompositeAlarm").length;
    expect(composite).toBe(1);
    expect(cost).toContain(`| ${alarms}, and one composite | $${(alarms * 0.1 + 0.5).toFixed(2)} |`);
    const metrics = 3 * rules.length;
    expect(cost).toContain(`| ${metrics}, in one hour of 24 | at most $${((metrics * 0.3) / 24).toFixed(2)} |`);
  });

  it("adds up its example of evaluations", () => {
    const held = figuresBelow("| rule | results that AWS Config holds |");
    expect(held).toHaveLength(rules.length + 1);
    expect(held.slice(0, -1).reduce((sum, one) => sum + one, 0)).toBe(held.at(-1));
    const total = held.at(-1) ?? 0;
    const evaluations = figuresBelow("| evaluations a month | |");
    expect(evaluations).toEqual([(total * 30) / 7, 50 * 2 * 30, 5 * 30, 6_480]);
    expect(evaluations.slice(0, -1).reduce((sum, one) => sum + one, 0)).toBe(evaluations.at(-1));
    expect(cost).toContain(`$${(6_480 * 0.001).toFixed(2)}`);
    expect(cost).toContain(`${total} x 30 = ${(total * 30).toLocaleString("en")}`);
  });
});

describe("the page on operations", () => {
  it("says of each alarm what it means and what to do", () => {
    const kinds = [...ofType("AWS::CloudWatch::Alarm"), ...ofType("AWS::CloudWatch::CompositeAlarm")].map((id) => {
      const rule = rules.find(({ name }) => id.startsWith(logicalName(name)));
      return rule === undefined ? id : `<Rule>${id.slice(logicalName(rule.name).length)}`;
    });
    expect([...new Set(kinds)].filter((kind) => !operations.includes(`\`${kind}\``))).toEqual([]);
  });

  it("names outputs and parameters that the template has", () => {
    const known = [...Object.keys(template.Outputs), ...Object.keys(template.Parameters)];
    const outputs = [...operations.matchAll(/output\s`(\w+)`/g)].map(([, name]) => name);
    expect(outputs.length).toBeGreaterThan(2);
    expect(outputs.filter((name) => name !== undefined && !known.includes(name))).toEqual([]);
    for (const name of ["RuleNamePrefix", "AlertMinimumSeverity", "HomeRegion", "BackupEncryptionMaxBackupsPerTable"])
      expect([known.includes(name), operations.includes(name)]).toEqual([true, true]);
  });
});
