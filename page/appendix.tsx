/** For an auditor: which rules were asked, with which parameters, and every judged resource with its verdict. */
import type { PageData, PageRule } from "../lib/report/html/page-data.ts";
import { Disclosure } from "./disclosure.tsx";
import { Table } from "./table.tsx";
import { badgeOf, countsInWords, inDigits, keyOf, subjectOf } from "./words.ts";

interface Props {
  readonly data: PageData;
  readonly isPrinting: boolean;
}

export function Appendix({ data, isPrinting }: Props) {
  return (
    <section aria-labelledby="appendix-title" class="appendix">
      <h2 id="appendix-title">Everything that was asked</h2>
      <Disclosure summary={`${inDigits(data.rules.length)} rules and their parameters`} isPrinting={isPrinting}>
        {() => <Rules rules={data.rules} />}
      </Disclosure>
      <Disclosure summary={`${inDigits(data.findings.length)} verdicts`} isPrinting={isPrinting}>
        {() => <Verdicts data={data} />}
      </Disclosure>
    </section>
  );
}

function Rules({ rules }: { readonly rules: readonly PageRule[] }) {
  return (
    <Table class="rules" headings={["Rule", "What must hold", "Parameters", "Came of it"]}>
      {rules.map(({ rule, description, parameters, counts }) => (
        <tr key={rule}>
          <th scope="row">{rule}</th>
          <td>{description}</td>
          <td>
            {parameters.map(([name, value]) => (
              <div key={name}>
                {name} = {value === "" ? "(empty)" : value}
              </div>
            ))}
          </td>
          <td>{countsInWords(counts)}</td>
        </tr>
      ))}
    </Table>
  );
}

function Verdicts({ data: { findings } }: Pick<Props, "data">) {
  return (
    <Table class="verdicts" headings={["Rule", "Resource", "Verdict", "Found"]}>
      {findings.map((finding) => {
        const { rule, verdict, summary } = finding;
        const words = verdict === "NON_COMPLIANT" ? `NON_COMPLIANT (${badgeOf(finding)})` : badgeOf(finding);
        return (
          <tr key={keyOf(finding)}>
            <td>{rule}</td>
            <td>{subjectOf(finding)}</td>
            <td>{words}</td>
            <td>{summary}</td>
          </tr>
        );
      })}
    </Table>
  );
}
