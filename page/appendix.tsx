/** For an auditor: which rules were asked, with which parameters, and every judged resource with its verdict. */
import type { PageData, PageRule } from "../lib/report/html/page-data.ts";
import { Disclosure } from "./disclosure.tsx";
import { badgeOf, countsInWords, inDigits } from "./words.ts";

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
    <table class="rules">
      <thead>
        <tr>
          <th scope="col">Rule</th>
          <th scope="col">What must hold</th>
          <th scope="col">Parameters</th>
          <th scope="col">Came of it</th>
        </tr>
      </thead>
      <tbody>
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
      </tbody>
    </table>
  );
}

function Verdicts({ data: { findings } }: Pick<Props, "data">) {
  return (
    <table class="verdicts">
      <thead>
        <tr>
          <th scope="col">Rule</th>
          <th scope="col">Resource</th>
          <th scope="col">Verdict</th>
          <th scope="col">Found</th>
        </tr>
      </thead>
      <tbody>
        {findings.map((finding) => {
          const { rule, resource, verdict, summary } = finding;
          const words = verdict === "NON_COMPLIANT" ? `NON_COMPLIANT (${badgeOf(finding)})` : badgeOf(finding);
          return (
            <tr key={`${rule} ${verdict} ${resource?.noun} ${resource?.id} ${summary}`}>
              <td>{rule}</td>
              <td>{resource === null ? "the listing" : `${resource.noun} ${resource.name}`}</td>
              <td>{words}</td>
              <td>{summary}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
