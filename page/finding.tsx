/** One finding, which opens in place. */
import type { PageFinding, PageMend, PageRequest, PageRule, PageStep } from "../lib/report/html/page-data.ts";
import { CopyButton } from "./copy-button.tsx";
import { Disclosure } from "./disclosure.tsx";
import { Fact } from "./fact.tsx";
import { noFilters, writeFilters } from "./filters.ts";
import { badgeOf, subjectOf } from "./words.ts";

interface Props {
  readonly finding: PageFinding;
  readonly rule: PageRule | null;
  readonly isOpenAtFirst: boolean;
  readonly isPrinting: boolean;
}

export function Finding({ finding, rule, isOpenAtFirst, isPrinting }: Props) {
  const { verdict, severity, summary, change } = finding;
  const kind = (verdict === "NON_COMPLIANT" ? (severity ?? "LOW") : verdict).toLowerCase().replace("_", "-");
  const title = (
    <>
      <span class={`badge ${kind}`}>{badgeOf(finding)}</span>
      {change === "new" && <span class="badge new">NEW</span>}
      <span class="resource">{subjectOf(finding)}</span>
      <span class="rule">{finding.rule}</span>
      <span class="says">{summary}</span>
    </>
  );
  return (
    <li>
      <Disclosure summary={title} isOpenAtFirst={isOpenAtFirst} isPrinting={isPrinting}>
        {() => <Body finding={finding} rule={rule} />}
      </Disclosure>
    </li>
  );
}

function Body({ finding, rule }: Pick<Props, "finding" | "rule">) {
  const { reasons, request, mend, exemption, resource, fingerprint } = finding;
  return (
    <div class="body">
      {exemption !== null && <p class="note">Exempt by {exemption}. It is not compliant, and does not count.</p>}
      {reasons.map(({ code, text, cause }, at) => (
        <div class="reason" key={`${code} ${text}`}>
          {at > 0 && <p>{text}</p>}
          {rule?.whys[code] !== undefined && <p class="why">{rule.whys[code]}</p>}
          {cause !== null && (
            <p class="why">
              Cause: <TextLink text={cause} />
            </p>
          )}
        </div>
      ))}
      {request !== null && <Request request={request} />}
      {mend !== null && <Mend mend={mend} />}
      <dl class="facts">
        {resource !== null && <Fact label={resource.arn === null ? "Id" : "ARN"}>{resource.arn ?? resource.id}</Fact>}
        {fingerprint !== null && (
          <Fact label="Fingerprint">
            <TextLink text={fingerprint} />
          </Fact>
        )}
      </dl>
      {rule !== null && rule.links.length > 0 && (
        <ul class="links" aria-label="Read more">
          {rule.links.map((link) => (
            <li key={link}>
              <a href={link} rel="noreferrer">
                {titleOf(link)}
              </a>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Request({ request }: { readonly request: PageRequest }) {
  const { principal, action, resource, context, allowedBy, ask } = request;
  return (
    <div class="request">
      <h3>AWS would allow</h3>
      <table>
        <tbody>
          <Row label="Principal" text={principal} />
          <Row label="Action" text={action} />
          <Row label="Resource" text={resource} />
          {context.map(([key, value]) => (
            <Row key={key} label={key} text={value} />
          ))}
          <Row label="Allowed by" text={allowedBy.join(", ")} />
        </tbody>
      </table>
      {ask !== null && (
        <>
          <h3>Ask AWS</h3>
          <Command text={ask} name="the question" />
        </>
      )}
    </div>
  );
}

function Mend({ mend }: { readonly mend: PageMend }) {
  return (
    <div class="mend">
      <h3>Mend</h3>
      <p>{mend.summary}</p>
      {mend.choice !== null && <p class="choice">Choose: {mend.choice}</p>}
      {mend.steps.map((step) => (
        <Step key={"command" in step ? step.command : "file" in step ? step.file : step.words} step={step} />
      ))}
      <p class="why">May break: {mend.mayBreak}</p>
    </div>
  );
}

function Step({ step }: { readonly step: PageStep }) {
  if ("words" in step) return <p>{step.words}</p>;
  if ("file" in step) {
    return (
      <>
        <p class="file">{step.file}</p>
        <Command text={step.content} name={step.file} />
      </>
    );
  }
  if (step.isExact) return <Command text={step.command} name="the command" />;
  return (
    <>
      <p>Not to be copied: a name in it holds characters that cannot be shown, and a ? stands for each.</p>
      <pre>{step.command}</pre>
    </>
  );
}

function Command({ text, name }: { readonly text: string; readonly name: string }) {
  return (
    <div class="command">
      <pre>{text}</pre>
      <CopyButton text={text} name={name} />
    </div>
  );
}

function Row({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>{text}</td>
    </tr>
  );
}

/** Leads to every finding that holds this text: those of one cause, or one finding for whoever gets the address. */
function TextLink({ text }: { readonly text: string }) {
  return <a href={writeFilters({ ...noFilters, text })}>{text}</a>;
}

/** AWS names its pages well enough. */
function titleOf(link: string): string {
  return new URL(link).pathname
    .split("/")
    .slice(1)
    .join(" / ")
    .replace(/\.html$/, "");
}
