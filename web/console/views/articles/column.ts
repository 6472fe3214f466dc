// The state of one column of the editor: an article in one language.
import { type Signal, signal } from "@preact/signals";
import { ApiError } from "../../../shared/http";
import * as api from "../../state/articles";
import type { Check, Diff, Fields, Opened } from "../../state/articles";
import { say } from "../../state/toast";
import { articleText } from "../../text/articles";

interface Conflict {
  by: string;
  /** Revisions: theirs, and where mine is kept. */
  theirs: number;
  mine: number;
  diff: Diff;
}

type Busy = "" | "saving" | "checking" | "publishing";

export class Column {
  readonly id: Signal<string | null>;
  readonly opened = signal<Opened | null>(null);
  readonly fields: Signal<Fields>;
  readonly slug = signal("");
  readonly base = signal(0);
  readonly dirty = signal(false);
  readonly recalled = signal(false);
  readonly busy = signal<Busy>("");
  readonly conflict = signal<Conflict | null>(null);
  readonly check = signal<Check | null>(null);
  readonly problem = signal("");

  constructor(id: string | null, first: Fields) {
    this.id = signal(id);
    this.fields = signal(first);
  }

  get place(): string {
    return this.id.value ?? `new-${this.fields.value.language}`;
  }

  /** Load what is stored; what was typed and not saved before comes back over it. */
  async load(recalling = true): Promise<void> {
    const id = this.id.value;
    if (id) {
      try {
        const opened = await api.open(id);
        this.opened.value = opened;
        this.fields.value = opened.fields;
        this.base.value = opened.revision;
      } catch (problem) {
        if (!(problem instanceof ApiError && problem.status === 404)) this.problem.value = api.explain(problem);
      }
    }
    this.dirty.value = false;
    this.recalled.value = false;
    const unsaved = recalling ? api.recall(this.place) : null;
    if (unsaved && !this.opened.value?.read_only && JSON.stringify(unsaved.fields) !== JSON.stringify(this.fields.value)) {
      this.fields.value = unsaved.fields;
      this.base.value = unsaved.base;
      this.dirty.value = this.recalled.value = true;
    }
  }

  change(part: Partial<Fields>): void {
    this.fields.value = { ...this.fields.value, ...part };
    this.dirty.value = true;
    this.check.value = null;
    api.remember(this.place, { base: this.base.value, fields: this.fields.value });
  }

  async dropRecalled(): Promise<void> {
    api.remember(this.place, null);
    await this.load(false);
  }

  /** Save; true when it is stored and nobody else had saved meanwhile. */
  async save(): Promise<boolean> {
    if (!this.dirty.value && this.base.value) return true;
    const place = this.place;
    this.busy.value = "saving";
    try {
      const body = { id: this.id.value, slug: this.slug.value || null, base: this.base.value, fields: this.fields.value };
      const saved = await api.saveDraft(body);
      api.remember(place, null);
      this.id.value = saved.id;
      await this.load(false);
      say(articleText().saved);
      return true;
    } catch (problem) {
      await this.meet(problem);
      return false;
    } finally {
      this.busy.value = "";
    }
  }

  private async meet(problem: unknown): Promise<void> {
    if (!(problem instanceof ApiError) || problem.code !== "draft_changed" || !this.id.value) {
      return say(api.explain(problem), true);
    }
    const { by, theirs, revision } = problem.body as { by: string; theirs: number; revision: number };
    const compared = await api.openRevision(this.id.value, theirs, revision);
    this.conflict.value = { by, theirs, mine: revision, diff: compared.diff };
  }

  /** After somebody else saved: go on with theirs, or with mine over theirs. */
  async settle(which: "theirs" | "mine"): Promise<void> {
    const conflict = this.conflict.value;
    if (!conflict) return;
    this.conflict.value = null;
    if (which === "theirs") {
      api.remember(this.place, null);
      return this.load(false);
    }
    const mine = this.fields.value;
    await this.load(false);
    this.base.value = conflict.theirs;
    this.change(mine);
  }

  async look(): Promise<void> {
    if (!(await this.save()) || !this.id.value) return;
    this.busy.value = "checking";
    try {
      this.check.value = await api.check(this.id.value, this.base.value);
    } catch (problem) {
      say(api.explain(problem), true);
    } finally {
      this.busy.value = "";
    }
  }

  async publish(): Promise<void> {
    if (!this.id.value) return;
    this.busy.value = "publishing";
    try {
      const seen = this.check.value?.contradictions.map((one) => one.id) ?? [];
      await api.publish(this.id.value, this.base.value, seen);
      this.check.value = null;
      await this.load(false);
      say(articleText().published);
    } catch (problem) {
      // What another article says may have changed since the check.
      if (problem instanceof ApiError && problem.code === "contradicts") await this.look();
      else say(api.explain(problem), true);
    } finally {
      this.busy.value = "";
    }
  }

  async withdraw(): Promise<void> {
    if (!this.id.value) return;
    try {
      await api.withdraw(this.id.value);
      await this.load(false);
      say(articleText().withdrawn);
    } catch (problem) {
      say(api.explain(problem), true);
    }
  }
}
