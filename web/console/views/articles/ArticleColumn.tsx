// One article in one language: its fields, and what can be done with them.
import { useEffect, useRef } from "preact/hooks";
import { addressOf } from "../../state/articles";
import { word } from "../../text";
import { articleText } from "../../text/articles";
import { CheckResult } from "./CheckResult";
import type { Column } from "./column";
import { DiffView } from "./DiffView";
import { FieldsForm } from "./FieldsForm";
import { TryQuestion } from "./TryQuestion";
import { Versions } from "./Versions";

interface ColumnProps {
  column: Column;
  lead: boolean;
  onTakeOver: (column: Column) => void;
}

export function ArticleColumn({ column, lead, onTakeOver }: ColumnProps) {
  const words = articleText();
  const opened = column.opened.value;
  const fixed = !lead || !!opened?.read_only;
  const name = word(words.languageNames, column.fields.value.language);
  useEffect(() => {
    const leaving = (event: BeforeUnloadEvent): void => {
      if (column.dirty.value) event.preventDefault();
    };
    addEventListener("beforeunload", leaving);
    return () => removeEventListener("beforeunload", leaving);
  }, [column]);
  return (
    <section class="column" aria-label={name} data-testid={`column-${column.fields.value.language}`}>
      <h2>
        {name} <State column={column} />
      </h2>
      {column.problem.value && <p class="problem">{column.problem.value}</p>}
      {opened?.read_only && <ReadOnly column={column} lead={lead} onTakeOver={onTakeOver} />}
      {column.recalled.value && (
        <p class="notice" role="status">
          {words.recalled}
          <button class="text" onClick={() => void column.dropRecalled()}>
            {words.dropRecalled}
          </button>
        </p>
      )}
      {column.conflict.value && <ConflictPanel column={column} />}
      <FieldsForm key={`${column.id.value} ${column.base.value}`} column={column} fixed={fixed} />
      {!fixed && <Buttons column={column} />}
      <CheckResult column={column} />
      {!fixed && <TryQuestion column={column} />}
      <Versions column={column} lead={!fixed} />
    </section>
  );
}

function State({ column }: { column: Column }) {
  const words = articleText();
  const opened = column.opened.value;
  const live = opened?.revisions.find((one) => one.live);
  if (column.dirty.value) return <span class="badge stuck">{words.unsaved}</span>;
  if (!opened || opened.read_only) return null;
  const state = live ? (live.revision === opened.revision ? "live" : "changed") : opened.revisions.some((one) => one.published_at) ? "withdrawn" : "draft";
  return (
    <>
      <span class={`badge ${state === "live" ? "verified" : "rule"}`} data-testid="article-state">
        {words.states[state]}
      </span>
      {live && (
        <a class="meta" href={opened.url} target="_blank" rel="noreferrer">
          {words.viewPage}
        </a>
      )}
    </>
  );
}

function ReadOnly({ column, lead, onTakeOver }: ColumnProps) {
  const words = articleText();
  const { read_only: why, location: where } = column.opened.value!;
  return (
    <div class="notice" data-testid="read-only">
      <p>{why === "web" ? words.readOnlyWeb(where ?? "") : words.readOnlyFile(where ?? "")}</p>
      {lead && (
        <p>
          <button class="outline" onClick={() => onTakeOver(column)} data-testid="take-over">
            {words.takeOver}
          </button>{" "}
          <small class="meta">{words.takeOverHint}</small>
        </p>
      )}
    </div>
  );
}

function ConflictPanel({ column }: { column: Column }) {
  const words = articleText();
  const conflict = column.conflict.value!;
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => panel.current?.scrollIntoView({ block: "nearest" }), [conflict]);
  return (
    <div class="notice" role="alert" ref={panel} data-testid="draft-conflict">
      <p>
        <b>{words.conflict(conflict.by)}</b> {words.conflictHint(conflict.mine)}
      </p>
      <DiffView diff={conflict.diff} label={words.theirsAgainstMine} lang={column.fields.value.language} />
      <p class="buttons-row">
        <button class="outline" onClick={() => void column.settle("theirs")} data-testid="take-theirs">
          {words.takeTheirs}
        </button>
        <button class="outline" onClick={() => void column.settle("mine")} data-testid="keep-mine">
          {words.keepMine}
        </button>
      </p>
    </div>
  );
}

function Buttons({ column }: { column: Column }) {
  const words = articleText();
  const busy = column.busy.value;
  const { title, text } = column.fields.value;
  const ready = !!title.trim() && !!text.trim() && !busy;
  const save = async (): Promise<void> => {
    const isNew = !column.id.value;
    if ((await column.save()) && isNew && column.id.value) location.replace(addressOf(column.id.value));
  };
  return (
    <div class="buttons-row">
      <button class="outline" disabled={!ready || !column.dirty.value} onClick={() => void save()} data-testid="save-draft">
        {busy === "saving" ? words.saving : words.save}
      </button>
      <button class="solid" disabled={!ready} onClick={() => void column.look()} data-testid="check-draft">
        {words.publish}
      </button>
      {column.opened.value?.revisions.some((one) => one.live) && (
        <button class="text" disabled={!!busy} onClick={() => void column.withdraw()} data-testid="withdraw">
          {words.withdraw}
        </button>
      )}
      <p role="status" class="meta">
        {busy === "checking" && words.checking}
      </p>
    </div>
  );
}
