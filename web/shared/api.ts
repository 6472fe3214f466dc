// Generated from docs/openapi.json by scripts/generate-types: do not edit.


export type paths = Record<string, never>;

export type webhooks = Record<string, never>;

export interface components {
  schemas: {
    /** @description A change that the customer was shown, and what came of it. */
    ActionOut: {
      id: string;
      tool: string;
      arguments: {
        [key: string]: unknown;
      };
      effect: string;
      state: string;
      identity_level: number;
      /** Format: date-time */
      shown_at: string;
      finished_at: string | null;
      result: {
        [key: string]: unknown;
      };
      agent?: string | null;
    };
    ActivityIn: {
      /** @enum {string} */
      activity: "viewing" | "typing" | "draft" | "left";
    };
    AgentExposureOut: {
      agent: string;
      name: string;
      conversations: number;
      harassed: number;
      messages: number;
      too_few: boolean;
    };
    AgentMessageIn: {
      /** Format: uuid */
      id: string;
      text: string;
      /** @default false */
      private?: boolean;
      macro?: string | null;
    };
    /** @description A message as agents see it. */
    AgentMessageOut: {
      id: string;
      seq: number;
      author: components["schemas"]["Author"];
      text: string;
      html: string;
      citations: components["schemas"]["CitationOut"][];
      buttons: components["schemas"]["ButtonOut"][];
      /** Format: date-time */
      created_at: string;
      lang: string | null;
      kind: string;
      agent: components["schemas"]["AgentReferenceOut"] | null;
      warning: boolean;
      hidden: boolean;
      private: boolean;
      delivery: components["schemas"]["DeliveryOut"] | null;
      media: components["schemas"]["MediaOut"][];
    };
    AgentMessageReceiptOut: {
      message: components["schemas"]["AgentMessageOut"];
    };
    AgentNameOut: {
      name: string;
    };
    AgentOut: {
      id: string;
      name: string;
      email: string;
      admin: boolean;
      lead: boolean;
      /** @enum {string} */
      role: "agent" | "lead" | "admin";
    };
    AgentReferenceOut: {
      id: string;
      name: string;
    };
    AgentWorkloadOut: {
      agent: string;
      name: string;
      taken: number;
      interruptions: number;
      most_at_once: number;
      desk_seconds: number;
      notes: components["schemas"]["CoachingNoteOut"][];
      too_few: boolean;
    };
    ArticleOut: {
      id: string;
      title: string;
      language: string;
      url: string;
      updated: string | null;
      valid_from: string | null;
      valid_until: string | null;
      replaced_by: string | null;
      source: string | null;
      location: string | null;
      read_at: string | null;
      trouble: components["schemas"]["SourceProblemOut"] | null;
      state: string;
      ends_soon: boolean;
    };
    ArticlePageOut: {
      articles: components["schemas"]["ArticleOut"][];
      found: number;
      next: number | null;
    };
    AskIn: {
      id: string;
      revision: number;
      question: string;
    };
    /** @enum {string} */
    Assignment: "manual" | "round_robin" | "least_loaded";
    AssistantOut: {
      name: string;
      logo: string | null;
    };
    AttemptOut: {
      turn: number;
      query: string | null;
      sources: components["schemas"]["SourceScoreOut"][];
      reaction: string | null;
    };
    AttributesIn: {
      attributes: {
        [key: string]: string | boolean | number | null;
      };
    };
    /** @enum {string} */
    Author: "customer" | "assistant" | "agent" | "system";
    /**
     * @description On whose word a tool is used.
     * @enum {string}
     */
    Authority: "customer" | "agent";
    /** @enum {string} */
    Availability: "online" | "away";
    AvailabilityIn: {
      availability: components["schemas"]["Availability"];
    };
    AvailabilityOut: {
      availability: components["schemas"]["Availability"];
    };
    BulkIn: {
      conversations: string[];
      /** @enum {string} */
      action: "tag" | "snooze" | "assign" | "resolve";
      /** @default [] */
      tags?: string[];
      until?: string | null;
      /** @default */
      agent?: string;
      /** @default */
      outcome?: string;
    };
    BulkOut: {
      batch: string | null;
      undo_until: string | null;
      results: components["schemas"]["BulkResultOut"][];
    };
    BulkResultOut: {
      conversation: string;
      /** @enum {string} */
      result: "changed" | "unchanged" | "refused";
      code: string | null;
      message: string | null;
    };
    ButtonOut: {
      label: string;
      value: string;
    };
    CallbackChoiceIn: {
      number: string;
      /** @default */
      topic?: string;
      /** Format: date-time */
      slot_from: string;
    };
    CallbackEndIn: {
      /** @enum {string} */
      outcome: "reached" | "no_answer" | "wrong_number" | "cancelled";
      /** @default */
      note?: string;
    };
    CallbackIn: {
      number: string;
      /** @default */
      topic?: string;
      /** Format: date-time */
      slot_from: string;
      /** Format: date-time */
      slot_to: string;
    };
    CallbackOut: {
      id: string;
      number: string;
      topic: string;
      /** Format: date-time */
      slot_from: string;
      /** Format: date-time */
      slot_to: string;
      /** @enum {string} */
      state: "planned" | "due" | "missed" | "done";
      outcome: ("reached" | "no_answer" | "wrong_number" | "cancelled") | null;
      note: string;
    };
    CallbackPlanOut: {
      /** Format: date-time */
      slot_from: string;
      /** Format: date-time */
      slot_to: string;
    };
    CallbackSlotsOut: {
      slots: components["schemas"]["CallbackPlanOut"][];
      planned: components["schemas"]["CallbackPlanOut"] | null;
    };
    CandidateOut: {
      conversation: string;
      channel: string;
      name: string | null;
      why: string;
    };
    CandidatesOut: {
      alike: components["schemas"]["CandidateOut"][];
    };
    CaseIn: {
      step?: ("contact" | "resolve" | "tell" | "ask_again" | "recover" | "give_up" | "dismiss" | "reopen") | null;
      owner?: string | null;
      due_at?: string | null;
      root_cause?: string | null;
      remedy?: string | null;
      reason?: string | null;
      improvement?: string | null;
      text?: string | null;
    };
    CaseOut: {
      id: string;
      conversation: string;
      customer: string;
      channel: string;
      language: string;
      theme: string | null;
      theme_name: string | null;
      trigger: string;
      value: number;
      state: string;
      owner: string | null;
      due_at: string;
      is_overdue: boolean;
      root_cause: string | null;
      remedy: string | null;
      reason: string | null;
      improvement: string | null;
      again: components["schemas"]["NewScoreOut"] | null;
      created_at: string;
      updated_at: string;
    };
    /** @enum {string} */
    CaseState: "open" | "contacted" | "resolved" | "told" | "asked_again" | "recovered" | "not_recovered" | "dismissed";
    CasesOut: {
      cases: components["schemas"]["CaseOut"][];
    };
    ChangeIn: {
      key: string;
      value?: unknown;
      /** @default 0 */
      base?: number;
    };
    ChangesIn: {
      changes: components["schemas"]["ChangeIn"][];
    };
    ChannelLimitOut: {
      ja: string;
      en: string;
      urgent?: boolean;
    };
    ChannelOut: {
      name: string;
      account: string | null;
      unreachable: string | null;
      limits: components["schemas"]["ChannelLimitOut"][];
      file_limits: {
        [key: string]: number;
      };
    };
    /** @enum {string} */
    Choice: "yes" | "no";
    CitationOut: {
      n: number;
      article: string;
      title: string;
      url: string | null;
      quote: string;
    };
    CloseIn: {
      helped?: boolean | null;
    };
    CoachingNoteOut: {
      verdict: string;
      note: string;
      conversation: string;
    };
    ColleagueOut: {
      id: string;
      name: string;
      lead: boolean;
    };
    ConsentRecordOut: {
      purpose: string;
      channel: string;
      state: string;
      wording: string;
      version: string;
      source: string;
      by: string;
      /** Format: date-time */
      at: string;
    };
    ConsentsOut: {
      channel: string;
      purposes: components["schemas"]["PurposeConsentOut"][];
      history: components["schemas"]["ConsentRecordOut"][];
      segments: components["schemas"]["SegmentOut"][];
      reads: components["schemas"]["DataReadOut"][];
    };
    ContactIn: {
      address: string;
    };
    ContactOut: {
      kind: string;
      value: string;
      writable: boolean;
      answer_from: string | null;
    };
    /** @description Where a person may be written to first. */
    ContactWayOut: {
      channel: string;
      account: string | null;
      peer: string;
      way: string | null;
      obstacle: ("web" | "unset" | "unreachable" | "unproven" | "window" | "busy") | null;
      conversation: string | null;
      has_stopped_notices: boolean;
    };
    ContactWaysOut: {
      ways: components["schemas"]["ContactWayOut"][];
    };
    ContradictionOut: {
      id: string;
      measure: string;
      found_at: string | null;
      one: components["schemas"]["ContradictionSideOut"];
      other: components["schemas"]["ContradictionSideOut"];
      newer: ("one" | "other") | null;
    };
    ContradictionSideOut: {
      article: string;
      text: string;
      title: string;
      url: string;
      language: string;
      updated: string | null;
    };
    ConversationDetailOut: {
      conversation: components["schemas"]["InboxRowOut"];
      messages: components["schemas"]["AgentMessageOut"][];
      customer: components["schemas"]["CustomerOut"];
      channel: components["schemas"]["ChannelOut"] | null;
      contacts: components["schemas"]["ContactOut"][];
      desk: components["schemas"]["ForeignDeskOut"] | null;
      actions: components["schemas"]["ActionOut"][];
      handoff: components["schemas"]["PacketOut"] | null;
      harassment: components["schemas"]["HarassmentOut"] | null;
      turns: components["schemas"]["TurnOut"][];
      opinions: {
        [key: string]: components["schemas"]["OpinionsOut"];
      };
      callbacks: components["schemas"]["CallbackOut"][];
      followers: string[];
      agents: components["schemas"]["ColleagueOut"][];
    };
    /** @description A conversation with a page of its messages. */
    ConversationOut: {
      state: components["schemas"]["State"];
      agent: components["schemas"]["AgentNameOut"] | null;
      language: string;
      waiting: components["schemas"]["WaitingOut"] | null;
      closed_at: string | null;
      id: string;
      messages: components["schemas"]["MessageOut"][];
      next: number | null;
      survey: components["schemas"]["SurveyOut"] | null;
    };
    ConversationStartOut: {
      id: string;
      token: string;
      state: components["schemas"]["State"];
    };
    ConversationStateOut: {
      state: components["schemas"]["State"];
    };
    CredentialOut: {
      id: string;
      /** @enum {string} */
      kind: "session" | "token";
      label: string;
      current: boolean;
      /** Format: date-time */
      created_at: string;
      expires_at: string | null;
    };
    CredentialsOut: {
      credentials: components["schemas"]["CredentialOut"][];
    };
    CsatOut: {
      mean: number | null;
      count: number;
    };
    CustomerIn: {
      id: string;
      name?: string | null;
      email?: string | null;
      signature?: string | null;
    };
    CustomerNoteIn: {
      text: string;
    };
    CustomerNoteOut: {
      id: string;
      agent: string;
      agent_name: string;
      text: string;
      /** Format: date-time */
      created_at: string;
    };
    CustomerOut: {
      id: string;
      name: string | null;
      email: string | null;
      verified: boolean;
      familiarity: number | null;
      locale: string | null;
      attributes: {
        [key: string]: unknown;
      };
      claimed: string[];
      identities: components["schemas"]["IdentityOut"][];
      previous: components["schemas"]["PreviousConversationOut"][];
      links: components["schemas"]["LinkOut"][];
      notes: components["schemas"]["CustomerNoteOut"][];
    };
    CustomerQuestionOut: {
      message: string;
      text: string;
      answered_by: string | null;
    };
    /** @description Numbers by days of the business's time zone. */
    DashboardOut: {
      conversations: number;
      handoffs: number;
      handoff_rate: number | null;
      answered: number;
      abstained: number;
      resolved_by_agent: number;
      closed_without_agent: number;
      model: components["schemas"]["ModelUsageOut"];
      csat: components["schemas"]["CsatOut"];
      median_wait_seconds: number | null;
      by_reason: {
        [key: string]: number;
      };
      by_day: components["schemas"]["DayOut"][];
      zone: string;
    };
    DataReadOut: {
      by: string;
      what: string;
      /** Format: date-time */
      at: string;
    };
    DayOut: {
      day: string;
      conversations: number;
      handoffs: number;
    };
    /** @description The next deadline of the conversation's service level agreement. */
    DeadlineOut: {
      metric: string;
      warn_at: string | null;
      due_at: string | null;
    };
    /**
     * @description What the assistant does with a turn.
     * @enum {string}
     */
    Decision: "answer" | "clarify" | "guide" | "offer" | "handoff" | "abstain";
    DeliveryOut: {
      /** @enum {string} */
      status: "pending" | "sent" | "failed";
      seen: string | null;
      error: string | null;
      again: boolean;
      sent_at: string | null;
    };
    DeskAgentOut: {
      id: string;
      name: string;
      availability: components["schemas"]["Availability"] | "offline";
      capacity: number;
      load: number;
      seen_at: string | null;
      skills: string[];
      hours: {
        [key: string]: string;
      };
    };
    /** @description The week on one page. */
    DigestOut: {
      start: string;
      end: string;
      counted: number;
      counted_before: number;
      figures: {
        [key: string]: components["schemas"]["DigestRateOut"];
      };
      themes: components["schemas"]["GrownThemeOut"][];
      done: {
          [key: string]: string;
        }[];
      effects: {
          [key: string]: unknown;
        }[];
      unkept: {
        [key: string]: number;
      };
      quotes: components["schemas"]["QuoteOut"][];
      text: {
        [key: string]: string;
      };
    };
    DigestRateOut: {
      count: number;
      total: number;
      rate: number | null;
      low: number | null;
      high: number | null;
      change: components["schemas"]["RateChangeOut"] | null;
    };
    DismissIn: {
      reason: string;
    };
    DismissalOut: {
      id: string;
      measure: string;
      found_at: string | null;
      one: components["schemas"]["ContradictionSideOut"];
      other: components["schemas"]["ContradictionSideOut"];
      newer: ("one" | "other") | null;
      by: string;
      /** Format: date-time */
      at: string;
      reason: string;
    };
    DraftCheckOut: {
      problem: string;
      warnings: string[];
      contradictions: components["schemas"]["DraftContradictionOut"][];
    };
    DraftContradictionOut: {
      id: string;
      measure: string;
      here: string;
      there: string;
      article: string;
      title: string;
      url: string;
    };
    DraftCountOut: {
      kind: string;
      shown: number;
      inserted: number;
      sent: number;
      edited: number;
    };
    DraftCountsOut: {
      drafts: components["schemas"]["DraftCountOut"][];
    };
    /** @description What a lead writes: the text, and what files have as front matter. */
    DraftFieldsIn: {
      title: string;
      language: string;
      text: string;
      valid_from?: string | null;
      valid_until?: string | null;
      /** @default [] */
      supersedes?: string[];
      /** @default [] */
      tags?: string[];
    };
    /** @description What a lead wrote: the text, and what files have as front matter. */
    DraftFieldsOut: {
      title: string;
      language: string;
      text: string;
      valid_from: string | null;
      valid_until: string | null;
      supersedes: string[];
      tags: string[];
    };
    DraftIn: {
      id?: string | null;
      slug?: string | null;
      /** @default 0 */
      base?: number;
      fields: components["schemas"]["DraftFieldsIn"];
    };
    DraftReceiptOut: {
      id: string;
      revision: number;
    };
    DraftRowOut: {
      id: string;
      title: string;
      language: string;
      by: string;
      /** Format: date-time */
      at: string;
      /** @enum {string} */
      state: "draft" | "changed" | "live" | "withdrawn";
    };
    DraftSentenceOut: {
      conversation: string;
      message: string;
      text: string;
      personal: boolean;
    };
    DraftUseIn: {
      draft: string;
      /** @enum {string} */
      kind: "suggestion" | "saved_reply" | "similar" | "translation" | "rephrasing";
      /** @enum {string} */
      step: "shown" | "inserted" | "sent" | "edited";
    };
    DraftUsesIn: {
      uses: components["schemas"]["DraftUseIn"][];
    };
    DraftsOut: {
      drafts: components["schemas"]["DraftRowOut"][];
    };
    DurableOut: {
      count: number;
      total: number;
      rate: number | null;
      low: number | null;
      high: number | null;
      young: number;
    };
    /** @description An article as it is opened for writing, or for reading why it cannot be written here. */
    EditableArticleOut: {
      id: string;
      read_only: ("file" | "web") | null;
      location: string | null;
      fields: components["schemas"]["DraftFieldsOut"];
      revision: number;
      url: string;
      revisions: components["schemas"]["RevisionOut"][];
      translations: {
        [key: string]: components["schemas"]["TranslationOut"];
      };
    };
    EditedTextOut: {
      text: string;
      problem: ("no_model" | "failed") | null;
      differing: string[];
    };
    /** @description Below 1: bad ends became fewer; None where there was nothing to compare. */
    EffectOut: {
      ratio: number | null;
      low: number | null;
      high: number | null;
      verdict: string;
    };
    /** @description Nothing but the status. */
    EmptyOut: Record<string, never>;
    EndedConversationOut: {
      conversation: string;
      ended_at: string;
      kind: string;
      why: string;
      channel: string;
      language: string;
      theme: string | null;
      csat: number | null;
      nps: number | null;
      ces: number | null;
    };
    EndedConversationsOut: {
      found: number;
      conversations: components["schemas"]["EndedConversationOut"][];
    };
    /** @description What went wrong; some errors tell more beside it, such as `agent` or `parts`. */
    ErrorDetail: {
      /** @description For programs; it stays the same. */
      code: string;
      /** @description For people, in English. */
      message: string;
      [key: string]: unknown;
    };
    /** @description Every error of the API, whatever its status. */
    ErrorOut: {
      error: components["schemas"]["ErrorDetail"];
    };
    EventReceiptOut: {
      duplicate: boolean;
      newer: number;
      notices: number;
    };
    /** @enum {string} */
    EventType: "case.opened" | "improvement.exported" | "improvement.done" | "handoff.requested" | "conversation.closed" | "gap.published" | "digest.ready";
    EvidenceOut: {
      turn: number;
      text: string;
      why: string;
      detail?: string;
    };
    ExportIn: {
      to: string;
    };
    /** @description By name: no ranking. */
    ExposureOut: {
      start: string;
      end: string;
      agents: components["schemas"]["AgentExposureOut"][];
      definition: {
        [key: string]: string;
      };
    };
    FactsOut: {
      claimed: string[];
      verified: string[];
      missing: string[];
    };
    FeedbackIn: {
      /** @enum {string} */
      kind: "thumb" | "helped" | "csat" | "nps" | "ces";
      value: number;
      message_id?: string | null;
      comment?: string | null;
    };
    /** @description 0-1 each; packets of older versions have fewer. */
    FeelingsOut: {
      frustration: number;
      worry?: number;
      distress?: number;
      harassment?: number;
      complaint?: number;
      reply_missed?: number;
    };
    /** @description The range before, as long. */
    FiguresBeforeOut: {
      start: string;
      end: string;
      ended: number;
      counted: number;
      outcomes: {
        [key: string]: number;
      };
      abandoned_after: {
        [key: string]: number;
      };
      contained: components["schemas"]["RateOut"];
      handed_over: components["schemas"]["RateOut"];
      confirmed: components["schemas"]["RateOut"];
      abandoned: components["schemas"]["RateOut"];
      resolved_by_assistant: components["schemas"]["RateOut"];
      resolved_by_person: components["schemas"]["RateOut"];
      durable_72h: components["schemas"]["DurableOut"];
      durable_7d: components["schemas"]["DurableOut"];
      frustrated_at_start: components["schemas"]["RateOut"];
      frustrated_at_end: components["schemas"]["RateOut"];
      handoff_reasons: {
        [key: string]: number;
      };
      wait_seconds: components["schemas"]["WaitOut"];
      surveys: components["schemas"]["SurveysOut"];
      changes: {
        [key: string]: components["schemas"]["RateChangeOut"];
      };
      themes: {
        [key: string]: number;
      };
    };
    FilledReplyOut: {
      text: string;
    };
    /** @description Which conversations; what is empty does not matter. */
    FilterIn: {
      /**
       * @default
       * @enum {string}
       */
      state?: "" | "assistant" | "queued" | "agent" | "closed";
      /**
       * @default
       * @enum {string}
       */
      mine?: "" | "true" | "false" | "1" | "0";
      /** @default */
      agent?: string;
      /** @default */
      channel?: string;
      /** @default */
      language?: string;
      /** @default */
      reason?: string;
      /**
       * @default
       * @enum {string}
       */
      priority?: "" | "urgent" | "high" | "normal" | "low";
      /** @default */
      tag?: string;
      /**
       * @default
       * @enum {string}
       */
      mentioned?: "" | "true" | "1";
      /**
       * @default
       * @enum {string}
       */
      following?: "" | "true" | "1";
      /**
       * @default
       * @enum {string}
       */
      callback?: "" | "true" | "1";
      /** @default */
      waiting?: string;
      /** @default */
      team?: string;
      /** @default */
      age?: string;
      /**
       * @default
       * @enum {string}
       */
      snoozed?: "" | "true" | "false" | "1" | "0";
      /**
       * @default
       * @enum {string}
       */
      sla?: "" | "at_risk" | "breached";
    };
    /** @description A saved reply that fits what is asked. */
    FittingReplyOut: {
      id: string;
      name: string;
      text: string;
    };
    ForeignDeskOut: {
      name: string;
      label: string | null;
      url: string | null;
      state: string;
      why: string | null;
      loss: string[];
      fields: number;
    };
    /** @description The message in which a search found a conversation. */
    FoundPlaceOut: {
      message: string;
      author: components["schemas"]["Author"];
      private: boolean;
      /** Format: date-time */
      created_at: string;
      excerpt: string;
    };
    GapEvidenceOut: {
      conversation: string;
      turn: number;
      why: string;
      asked_at: string;
      text: string;
    };
    GapIn: {
      action?: ("draft" | "approve" | "publish" | "dismiss" | "reopen") | null;
      title?: string | null;
      text?: string | null;
      reason?: string | null;
      owner?: string | null;
      due_at?: string | null;
    };
    GapOut: {
      id: string;
      kind: string;
      state: string;
      language: string;
      owner: string | null;
      due_at: string | null;
      is_overdue: boolean;
      reason: string | null;
      title: string | null;
      questions: number;
      conversations: number;
      last_week: number;
      proof: {
        [key: string]: unknown;
      } | null;
      article: string | null;
      created_at: string;
      published_at: string | null;
      text: string | null;
      sentences: components["schemas"]["DraftSentenceOut"][];
      evidence: components["schemas"]["GapEvidenceOut"][];
    };
    GapRowOut: {
      id: string;
      kind: string;
      state: string;
      language: string;
      owner: string | null;
      due_at: string | null;
      is_overdue: boolean;
      reason: string | null;
      title: string | null;
      questions: number;
      conversations: number;
      last_week: number;
      proof: {
        [key: string]: unknown;
      } | null;
      article: string | null;
      created_at: string;
      published_at: string | null;
    };
    /** @enum {string} */
    GapState: "open" | "drafting" | "drafted" | "proving" | "proved" | "publishing" | "measuring" | "worked" | "no_effect" | "worse" | "dismissed";
    GapsOut: {
      gaps: components["schemas"]["GapRowOut"][];
    };
    /** @description Figures of one channel, language, theme, reason or agent. */
    GroupOut: {
      key: string;
      name: string;
      conversations: number;
      resolved_by_assistant: components["schemas"]["RateOut"];
      abandoned: components["schemas"]["RateOut"];
      handed_over: components["schemas"]["RateOut"];
      durable_7d: components["schemas"]["RateOut"];
      frustrated_at_start: components["schemas"]["RateOut"];
      frustrated_at_end: components["schemas"]["RateOut"];
      surveys: components["schemas"]["SurveysOut"];
    };
    GrownThemeOut: {
      theme: string;
      name: string;
      conversations: number;
      before: number;
      ratio: number;
      low: number;
      high: number;
    };
    HandoffReceiptOut: {
      message: components["schemas"]["MessageOut"];
      state: components["schemas"]["State"];
    };
    HarassmentOut: {
      messages: string[];
      warning: string;
    };
    HoursOut: {
      open: boolean;
      next_opening: string | null;
      said: {
        [key: string]: string;
      };
    };
    IdOut: {
      id: string;
    };
    IdentityOut: {
      channel: string;
      id: string;
      verified?: boolean;
    };
    ImprovementIn: {
      step?: ("start" | "finish" | "drop") | null;
      title?: string | null;
      theme?: string | null;
      owner?: string | null;
      action?: string | null;
      due_at?: string | null;
      texts?: {
        [key: string]: string;
      } | null;
    };
    ImprovementOut: {
      id: string;
      title: string;
      state: string;
      theme: string | null;
      owner: string | null;
      action: string | null;
      due_at: string | null;
      is_overdue: boolean;
      texts: {
        [key: string]: string;
      };
      created_at: string;
      updated_at: string;
      done_at: string | null;
      issue: components["schemas"]["TrackedIssueOut"] | null;
      cases: components["schemas"]["CaseOut"][];
      notices: {
        [key: string]: number;
      };
      effect: components["schemas"]["EffectOut"] | null;
    };
    ImprovementRowOut: {
      id: string;
      title: string;
      state: string;
      theme: string | null;
      owner: string | null;
      action: string | null;
      due_at: string | null;
      is_overdue: boolean;
      texts: {
        [key: string]: string;
      };
      created_at: string;
      updated_at: string;
      done_at: string | null;
      issue: components["schemas"]["TrackedIssueOut"] | null;
    };
    ImprovementsOut: {
      improvements: components["schemas"]["ImprovementRowOut"][];
      exports: string[];
    };
    InboxCountsOut: {
      assistant: number;
      queued: number;
      agent: number;
      mine: number;
      snoozed: number;
      callbacks: number;
      mentions: number;
    };
    InboxPageOut: {
      conversations: components["schemas"]["InboxRowOut"][];
      next: string | null;
      counts: components["schemas"]["InboxCountsOut"];
    };
    InboxRowOut: {
      id: string;
      state: components["schemas"]["State"];
      epoch: number;
      channel: string;
      language: string;
      customer: components["schemas"]["RowCustomerOut"];
      agent: components["schemas"]["AgentReferenceOut"] | null;
      priority: components["schemas"]["Priority"];
      reason: components["schemas"]["Reason"] | null;
      marks: string[];
      ask: string | null;
      waiting_since: string | null;
      last: components["schemas"]["LastMessageOut"] | null;
      /** Format: date-time */
      updated_at: string;
      /** Format: date-time */
      created_at: string;
      outcome: string | null;
      tags: components["schemas"]["TagOut"][];
      snoozed_until: string | null;
      sla: components["schemas"]["DeadlineOut"] | null;
      unread: number;
      mentions: number;
      following: boolean;
      callback: components["schemas"]["CallbackOut"] | null;
      found?: components["schemas"]["FoundPlaceOut"] | null;
    };
    InvitationIn: {
      secret: string;
      password: string;
    };
    InvitationOut: {
      id: string;
      link: string;
    };
    InviteIn: {
      email: string;
      name: string;
      /**
       * @default agent
       * @enum {string}
       */
      role?: "agent" | "lead" | "admin";
    };
    IssueOut: {
      ask: string | null;
      summary: components["schemas"]["SummaryOut"];
      topic: string | null;
      urgency: string | null;
      sensitive?: string | null;
    };
    KnowledgeOverviewOut: {
      states: {
        [key: string]: number;
      };
      articles: number;
      sources: components["schemas"]["SourceOut"][];
      troubles: components["schemas"]["SourceProblemOut"][];
      remarks: components["schemas"]["SourceProblemOut"][];
      contradictions: components["schemas"]["ContradictionOut"][];
      dismissed: components["schemas"]["DismissalOut"][];
    };
    LanguageOut: {
      code: string;
      name: string;
    };
    LanguagesOut: {
      languages: components["schemas"]["LanguageOut"][];
    };
    LastMessageOut: {
      author: components["schemas"]["Author"];
      text: string | null;
      /** Format: date-time */
      created_at: string;
    };
    LastRehearsalOut: {
      rehearsal: components["schemas"]["RehearsalOut"] | null;
    };
    LineOut: {
      author: components["schemas"]["Author"];
      text: string;
    };
    LinkCodeOut: {
      code: string;
      /** Format: date-time */
      expires_at: string;
    };
    LinkIn: {
      conversation: string;
      reason: string;
    };
    LinkOut: {
      id: string;
      customer: string;
      proof: string;
      reason: string | null;
      /** Format: date-time */
      created_at: string;
    };
    LiveOut: {
      as_of: string | null;
      waiting: number;
      waiting_since: string | null;
      with_agent: number;
      sla_near: number;
      sla_over: number;
      frustrated: number;
      active: number;
      agents: {
        [key: string]: number;
      };
      load: number;
      capacity: number;
      problems: {
        [key: string]: string;
      } | null;
      definitions: {
        [key: string]: {
          [key: string]: string;
        };
      };
    };
    LivenessOut: {
      /** @constant */
      status: "ok";
    };
    LoginIn: {
      email: string;
      password: string;
    };
    MediaOut: {
      id: string;
      /** @enum {string} */
      kind: "image" | "video" | "audio" | "file";
      name: string;
      type: string | null;
      size: number | null;
      error: string | null;
    };
    MergeIn: {
      into: string;
    };
    MessageIn: {
      /** Format: uuid */
      id: string;
      text: string;
    };
    /** @description A message as its customer sees it. */
    MessageOut: {
      id: string;
      seq: number;
      author: components["schemas"]["Author"];
      text: string;
      html: string;
      citations: components["schemas"]["CitationOut"][];
      buttons: components["schemas"]["ButtonOut"][];
      /** Format: date-time */
      created_at: string;
      lang: string | null;
      kind: string;
      agent: components["schemas"]["AgentNameOut"] | null;
      media: components["schemas"]["MediaOut"][];
    };
    MessageReceiptOut: {
      message: components["schemas"]["MessageOut"];
    };
    ModelUsageOut: {
      tokens: number;
      calls: number;
      cost: number;
    };
    /** @description What a customer answered when they were asked again. */
    NewScoreOut: {
      kind: string;
      value: number;
    };
    OidcOut: {
      available: boolean;
    };
    OpenIn: {
      locale?: string | null;
      customer?: components["schemas"]["CustomerIn"] | null;
      previous?: components["schemas"]["PreviousIn"] | null;
    };
    OpinionListOut: {
      opinions: components["schemas"]["ReplyOpinionsOut"][];
    };
    /** @description What was said of one reply. */
    OpinionsOut: {
      verdicts: components["schemas"]["VerdictOut"][];
      thumb: components["schemas"]["ThumbOut"] | null;
    };
    OutboundStartIn: {
      /** Format: uuid */
      id: string;
      way: string;
      text: string;
      /** @default */
      subject?: string;
    };
    /** @enum {string} */
    OutcomeKind: "confirmed" | "answered" | "abandoned" | "resolved_by_person" | "ended_by_person" | "transferred_out" | "spam" | "no_request";
    PacketCustomerOut: {
      id: string | null;
      name: string | null;
      locale: string | null;
      verified: boolean;
      familiarity: number | null;
      identities: components["schemas"]["IdentityOut"][];
      attributes: {
        [key: string]: unknown;
      };
      previous: components["schemas"]["PreviousConversationOut"][];
    };
    /** @description Everything an agent needs to take over. */
    PacketOut: {
      version: number;
      conversation: string;
      epoch: number;
      /** Format: date-time */
      created_at: string;
      channel: string;
      trigger: components["schemas"]["TriggerOut"];
      customer: components["schemas"]["PacketCustomerOut"];
      issue: components["schemas"]["IssueOut"];
      facts: components["schemas"]["FactsOut"];
      actions?: components["schemas"]["ActionOut"][];
      attempts: components["schemas"]["AttemptOut"][];
      promises: string[];
      sentiment: components["schemas"]["TurnFeelingsOut"][];
      feelings?: components["schemas"]["FeelingsOut"];
      harassing_messages?: string[];
      transcript: components["schemas"]["TranscriptOut"];
      suggested: components["schemas"]["SuggestionOut"][];
      told_customer: string | null;
    };
    PasswordIn: {
      current: string;
      password: string;
    };
    PeopleOut: {
      people: components["schemas"]["PersonOut"][];
    };
    PersonOut: {
      id: string;
      name: string;
      email: string;
      /** @enum {string} */
      role: "agent" | "lead" | "admin";
      disabled: boolean;
      /** Format: date-time */
      created_at: string;
      seen_at: string | null;
      sessions: number;
      tokens: number;
      invited_until: string | null;
    };
    /** @description What an agent chose for their own screen. */
    PreferencesIn: {
      /** @default false */
      notify?: boolean;
      /** @default false */
      sound?: boolean;
    };
    PreferencesOut: {
      notify: boolean;
      sound: boolean;
    };
    PresenceListOut: {
      intervals: components["schemas"]["PresenceOut"][];
    };
    PresenceOut: {
      agent: string;
      availability: components["schemas"]["Availability"];
      /** Format: date-time */
      begun_at: string;
      ended_at: string | null;
    };
    PreviewIn: {
      text: string;
    };
    PreviewOut: {
      html: string;
    };
    PreviousConversationOut: {
      conversation: string;
      channel?: string;
      closed_at: string | null;
      summary: string | null;
      csat: number | null;
      notes: string[];
      promises: string[];
    };
    PreviousIn: {
      id: string;
      token: string;
    };
    /** @enum {string} */
    Priority: "urgent" | "high" | "normal" | "low";
    ProactiveOut: {
      days: number;
      effect_days: number;
      quiet_from: string;
      quiet_until: string;
      rules: components["schemas"]["ProactiveRuleOut"][];
      quotas: components["schemas"]["QuotaOut"][];
    };
    ProactiveRuleOut: {
      name: string;
      on: boolean;
      events: string[];
      purpose: string;
      holdout: number;
      sent: number;
      held_out: number;
      waiting: {
        [key: string]: number;
      };
      dropped: {
        [key: string]: number;
      };
      effect: components["schemas"]["RuleEffectOut"];
    };
    ProposalDecisionIn: {
      answer: components["schemas"]["Choice"];
    };
    ProposalDecisionOut: {
      proposal: string;
      answer: string;
    };
    PublicationOut: {
      id: string;
      revision: number;
      warnings: string[];
    };
    PublishIn: {
      id: string;
      revision: number;
      /** @default [] */
      seen?: string[];
    };
    PurposeConsentOut: {
      purpose: string;
      state: string;
      allowed: boolean;
    };
    QuotaOut: {
      channel: string;
      account: string;
      total: number;
      reserve: number;
      support: number;
      proactive: number;
    };
    QuoteOut: {
      text: string;
      conversation: string;
    };
    /** @description A share less that of the range before, with the 95 % interval. */
    RateChangeOut: {
      difference: number;
      low: number;
      high: number;
    };
    /** @description *count* of *total* with the 95 % interval; None where there is nothing to count. */
    RateOut: {
      count: number;
      total: number;
      rate: number | null;
      low: number | null;
      high: number | null;
    };
    ReadIn: {
      seq: number;
    };
    ReadinessOut: {
      /** @enum {string} */
      status: "ready" | "degraded";
    };
    /**
     * @description Why a person comes in.
     * @enum {string}
     */
    Reason: "asked_for_person" | "frustrated" | "stuck" | "unfamiliar" | "no_answer" | "sensitive_topic" | "rule" | "failure" | "deadline" | "complaint" | "agent_took_over";
    /** @description A customer who fares otherwise with the changes. */
    RehearsalFlipOut: {
      worse: boolean;
      before: components["schemas"]["RehearsedConversationOut"];
      after: components["schemas"]["RehearsedConversationOut"];
    };
    RehearsalOut: {
      id: string;
      by: string;
      changes: {
        [key: string]: unknown;
      };
      state: string;
      done: number;
      total: number;
      /** Format: date-time */
      at: string;
      problem: string | null;
      result: components["schemas"]["RehearsalResultOut"] | null;
    };
    RehearsalResultOut: {
      customers: number;
      passed: boolean;
      failed_gates: string[];
      before: components["schemas"]["RehearsedRateOut"][];
      after: components["schemas"]["RehearsedRateOut"][];
      changed: number;
      worse: number;
      flips: components["schemas"]["RehearsalFlipOut"][];
      failed: components["schemas"]["RehearsedConversationOut"][];
    };
    RehearsedConversationOut: {
      key: string;
      kind: string;
      language: string;
      persona: string;
      disturbance: string;
      article: string;
      fact: string;
      lines: components["schemas"]["RehearsedLineOut"][];
      decisions: string[];
      turns: number;
      is_told: boolean | null;
      is_person_reached: boolean | null;
      is_false_handoff: boolean | null;
      is_false_answer: boolean | null;
      wasted_turns: number | null;
      is_kept_for_people: boolean;
      promises: string[];
      leaks: string[];
      repeated_replies: number;
      failures: string[];
    };
    RehearsedLineOut: {
      author: string;
      text: string;
      note: string;
      articles: string[];
    };
    /** @description One measure over the simulated customers that it applies to, with its 95 % Wilson interval. */
    RehearsedRateOut: {
      measure: string;
      language: string;
      count: number;
      total: number;
      rate: number | null;
      low: number | null;
      high: number | null;
      proves_at_most: number | null;
      limit: number | null;
      passed: boolean;
    };
    RelatedOut: {
      questions: components["schemas"]["CustomerQuestionOut"][];
      cases: components["schemas"]["SolvedCaseOut"][];
      replies: components["schemas"]["FittingReplyOut"][];
    };
    RephraseIn: {
      text: string;
      /** @enum {string} */
      manner: "polite" | "shorter" | "simpler";
    };
    ReplayIn: {
      changes: {
        [key: string]: unknown;
      };
    };
    ReplayOut: {
      days: number;
      conversations: number;
      turns: number;
      changed: number;
      kinds: [string, string, number][];
      examples: components["schemas"]["ReplayedTurnOut"][];
    };
    /** @description A turn that would be decided differently. */
    ReplayedTurnOut: {
      conversation: string;
      text: string;
      before: string;
      before_reason: string | null;
      after: string;
      after_reason: string | null;
    };
    ReplyImportIn: {
      csv: string;
      /** @default false */
      shared?: boolean;
    };
    ReplyImportOut: {
      added: number;
      changed: number;
    };
    /** @description What was said of one reply, with where it is. */
    ReplyOpinionsOut: {
      verdicts: components["schemas"]["VerdictOut"][];
      thumb: components["schemas"]["ThumbOut"] | null;
      conversation: string;
      message: string;
      reply: string;
    };
    /** @enum {string} */
    ReplyRating: "right" | "wrong" | "stale" | "missing";
    ReplyUseIn: {
      conversation: string;
    };
    ReportDayOut: {
      day: string;
      outcomes: {
        [key: string]: number;
      };
    };
    ReportOut: {
      start: string;
      end: string;
      ended: number;
      counted: number;
      outcomes: {
        [key: string]: number;
      };
      abandoned_after: {
        [key: string]: number;
      };
      contained: components["schemas"]["RateOut"];
      handed_over: components["schemas"]["RateOut"];
      confirmed: components["schemas"]["RateOut"];
      abandoned: components["schemas"]["RateOut"];
      resolved_by_assistant: components["schemas"]["RateOut"];
      resolved_by_person: components["schemas"]["RateOut"];
      durable_72h: components["schemas"]["DurableOut"];
      durable_7d: components["schemas"]["DurableOut"];
      frustrated_at_start: components["schemas"]["RateOut"];
      frustrated_at_end: components["schemas"]["RateOut"];
      handoff_reasons: {
        [key: string]: number;
      };
      wait_seconds: components["schemas"]["WaitOut"];
      surveys: components["schemas"]["SurveysOut"];
      zone: string;
      channel: string | null;
      language: string | null;
      theme: string | null;
      reason: string | null;
      agent: string | null;
      too_few: boolean;
      groups: {
        [key: string]: components["schemas"]["GroupOut"][];
      };
      by_day: components["schemas"]["ReportDayOut"][];
      before: components["schemas"]["FiguresBeforeOut"] | null;
      names: {
        [key: string]: {
          [key: string]: string;
        };
      };
      definitions: {
        [key: string]: {
          [key: string]: string;
        };
      };
      definitions_version: number;
    };
    ResolveIn: {
      outcome: string;
      note?: string | null;
    };
    RevealedMessageOut: {
      message: components["schemas"]["RevealedTextOut"];
    };
    RevealedTextOut: {
      id: string;
      text: string;
      html: string;
    };
    RevisionIn: {
      id: string;
      revision: number;
    };
    /** @description One saved text in the list of them. */
    RevisionOut: {
      revision: number;
      by: string;
      /** Format: date-time */
      at: string;
      beside: boolean;
      published_at: string | null;
      live: boolean;
    };
    RevisionTextOut: {
      revision: number;
      by: string;
      /** Format: date-time */
      at: string;
      fields: components["schemas"]["DraftFieldsOut"];
      diff: ([" " | "+" | "-", string])[];
    };
    RoleIn: {
      /** @enum {string} */
      role: "agent" | "lead" | "admin";
    };
    RowCustomerOut: {
      id: string;
      name: string | null;
      verified: boolean;
    };
    RowOut: {
      conversation: components["schemas"]["InboxRowOut"];
    };
    /** @description People who were told and who were not on purpose, and how many of each wrote to us afterwards. */
    RuleEffectOut: {
      told: number;
      told_wrote: number;
      held_out: number;
      held_out_wrote: number;
    };
    SavedRepliesOut: {
      replies: components["schemas"]["SavedReplyOut"][];
      variables: string[];
    };
    SavedReplyIn: {
      name: string;
      text: string;
      language?: string | null;
      /** @default [] */
      tags?: string[];
      snooze_minutes?: number | null;
      team?: string | null;
      outcome?: string | null;
      /** @default false */
      shared?: boolean;
    };
    SavedReplyOut: {
      id: string;
      name: string;
      text: string;
      language: string | null;
      tags: string[];
      snooze_minutes: number | null;
      team: string | null;
      outcome: string | null;
      shared: boolean;
      used: number;
    };
    ScoreOut: {
      answers: number;
      score: number | null;
      low: number | null;
      high: number | null;
    };
    SegmentOut: {
      name: string;
      title: {
        [key: string]: string;
      };
      owner: string;
      reasons: string[];
      /** Format: date-time */
      as_of: string;
    };
    SentenceOut: {
      key: string;
      situation: string;
      language: string;
      wordings: string[];
      default: string[];
      variables: string[];
      change: components["schemas"]["SettingChangeOut"] | null;
    };
    SettingChangeOut: {
      id: number;
      by: string;
      /** Format: date-time */
      at: string;
      value: unknown;
    };
    SettingHistoryOut: {
      changes: components["schemas"]["SettingChangeOut"][];
    };
    SettingOut: {
      key: string;
      value: unknown;
      default: unknown;
      in_file: boolean;
      change: components["schemas"]["SettingChangeOut"] | null;
    };
    SettingsOut: {
      settings: components["schemas"]["SettingOut"][];
      sentences: components["schemas"]["SentenceOut"][];
      file: string | null;
      problem: string | null;
    };
    SignInOut: {
      agent: components["schemas"]["AgentOut"];
      csrf: string | null;
    };
    SignalsOut: {
      frustration: number;
      unfamiliarity: number;
      no_progress: number;
      worry: number;
      distress: number;
      harassment: number;
      complaint: number;
      reply_missed: number;
      asked_for_person: boolean;
      language: string;
    };
    SlotOut: {
      name: string;
      kind: string;
      ask: {
        [key: string]: string;
      };
      choices: {
        [key: string]: {
          [key: string]: string;
        };
      };
    };
    SnoozeIn: {
      /** Format: date-time */
      until: string;
    };
    SolvedCaseOut: {
      conversation: string;
      ask: string;
      reply: string;
      outcome: string;
      closed_at: string | null;
    };
    SourceIn: {
      source: string;
    };
    SourceOut: {
      source: string;
      web: boolean;
      prune: boolean;
      read_at: string | null;
      /** Format: date-time */
      looked_at: string;
      failures: number;
      next_at: string | null;
      reading: boolean;
      articles: number;
      troubles: number;
      trouble: components["schemas"]["SourceProblemOut"] | null;
    };
    SourceProblemOut: {
      place: string;
      source: string;
      why: string;
      /** Format: date-time */
      since: string;
      harmless: boolean;
      vanished: boolean;
    };
    /** @description An article without its quote. */
    SourceReferenceOut: {
      n: number;
      article: string;
      title: string;
      url: string | null;
    };
    SourceRequestOut: {
      source: string;
    };
    SourceScoreOut: {
      article: string;
      title?: string;
      score: number;
      shown: boolean;
    };
    /** @enum {string} */
    State: "assistant" | "queued" | "agent" | "closed";
    SuggestIn: {
      /** @default */
      question?: string;
    };
    SuggestionOut: {
      text: string;
      html: string;
      citations: (components["schemas"]["CitationOut"] | components["schemas"]["SourceReferenceOut"])[];
    };
    SuggestionsOut: {
      suggestions: components["schemas"]["SuggestionOut"][];
    };
    SummaryOut: {
      ja?: string | null;
      en?: string | null;
    };
    /** @description Names of the smallest and the largest number of a scale. */
    SurveyEndsOut: {
      low: string;
      high: string;
    };
    SurveyOptionOut: {
      label: string;
      value: number | string;
    };
    SurveyOut: {
      kind: string;
      question: string;
      options: components["schemas"]["SurveyOptionOut"][];
      ends: components["schemas"]["SurveyEndsOut"] | null;
    };
    SurveysOut: {
      asked: number;
      response: components["schemas"]["RateOut"];
      csat: components["schemas"]["RateOut"];
      csat_corrected: components["schemas"]["RateOut"];
      nps: components["schemas"]["ScoreOut"];
      ces: components["schemas"]["ScoreOut"];
      ces_easy: components["schemas"]["RateOut"];
    };
    SynonymProposalOut: {
      word: string;
      article: string;
      title: string;
      conversations: number;
    };
    SynonymProposalsOut: {
      proposals: components["schemas"]["SynonymProposalOut"][];
    };
    SynonymsIn: {
      groups: string[][];
    };
    SynonymsOut: {
      groups: string[][];
    };
    TagOut: {
      id: string;
      name: string;
    };
    TagsIn: {
      tags: string[];
    };
    TagsOut: {
      tags: components["schemas"]["TagOut"][];
    };
    TeamIn: {
      name: string;
      /** @default manual */
      assignment?: components["schemas"]["Assignment"];
      language?: string | null;
      channel?: string | null;
      /** @default [] */
      members?: string[];
    };
    TeamOut: {
      id: string;
      name: string;
      assignment: components["schemas"]["Assignment"];
      language: string | null;
      channel: string | null;
      members: string[];
    };
    TeamsOut: {
      teams: components["schemas"]["TeamOut"][];
      agents: components["schemas"]["DeskAgentOut"][];
    };
    ThemeEventOut: {
      theme: string;
      kind: string;
      other: string | null;
      actor: string;
      created_at: string;
    };
    ThemeIn: {
      title?: string | null;
      pinned?: boolean | null;
    };
    ThemeOut: {
      id: string;
      name: string;
      title: string | null;
      terms: string[];
      pinned: boolean;
      merged_into: string | null;
      is_new: boolean;
      created_at: string;
      questions?: components["schemas"]["ThemeQuestionOut"][] | null;
    };
    ThemeQuestionOut: {
      conversation: string;
      turn: number;
      asked_at: string;
      text: string;
      decision: string;
    };
    ThemeRowOut: {
      id: string;
      name: string;
      title: string | null;
      terms: string[];
      pinned: boolean;
      merged_into: string | null;
      is_new: boolean;
      created_at: string;
      questions?: components["schemas"]["ThemeQuestionOut"][] | null;
      conversations: number;
      conversations_before: number;
      declined: number;
    };
    ThemesOut: {
      themes: components["schemas"]["ThemeRowOut"][];
      unsorted: number;
      events: components["schemas"]["ThemeEventOut"][];
    };
    ThumbOut: {
      up: boolean;
      comment: string;
      /** Format: date-time */
      at: string;
    };
    TokenIn: {
      label: string;
      /** @default 365 */
      days?: number;
    };
    TokenOut: {
      token: string;
    };
    ToolListOut: {
      tools: components["schemas"]["ToolOut"][];
    };
    ToolOut: {
      name: string;
      effect: string;
      min_identity: number;
      purpose: {
        [key: string]: string;
      };
      slots: components["schemas"]["SlotOut"][];
    };
    ToolRunIn: {
      arguments: {
        [key: string]: string;
      };
      authority: components["schemas"]["Authority"];
    };
    ToolRunOut: {
      text: string;
      proposal: string | null;
      done: boolean;
    };
    TrackedIssueOut: {
      tracker: string;
      state: string;
      key: string | null;
      url: string | null;
      trouble: string | null;
      updated_at: string;
    };
    TranscriptOut: {
      messages: number;
      last: components["schemas"]["LineOut"][];
    };
    TransferIn: {
      agent: string;
    };
    TranslateIn: {
      /** @default */
      text?: string;
      /** @default */
      message?: string;
      to: string;
    };
    TranslationOut: {
      id: string;
      exists: boolean;
    };
    TrialAnswerOut: {
      decision: string;
      html: string;
      articles: string[];
    };
    /** @description What customers get now, and what they would get. */
    TrialOut: {
      before: components["schemas"]["TrialAnswerOut"];
      after: components["schemas"]["TrialAnswerOut"];
    };
    TriggerOut: {
      reason: string | null;
      decided_by: string;
      score: number | null;
      threshold: number | null;
      evidence: components["schemas"]["EvidenceOut"][];
    };
    TurnFeelingsOut: {
      frustration: number;
      worry?: number;
      distress?: number;
      harassment?: number;
      complaint?: number;
      reply_missed?: number;
      turn: number;
    };
    /** @description How a reply was made. */
    TurnOut: {
      turn: number;
      message_id: string;
      reply_id: string | null;
      signals: components["schemas"]["SignalsOut"];
      decision: components["schemas"]["Decision"];
      reason: components["schemas"]["Reason"] | null;
      evidence: components["schemas"]["EvidenceOut"][];
      sources: components["schemas"]["SourceScoreOut"][];
      query: string;
      model: string;
      prompt_version: string | null;
      withheld: components["schemas"]["WithheldOut"][];
      tokens: number;
      cost: number | null;
      instead: string;
      ms: number;
    };
    TypingIn: {
      /** @default true */
      on?: boolean;
    };
    UploadOut: {
      articles: components["schemas"]["DraftFieldsOut"][];
    };
    VerdictIn: {
      verdict: components["schemas"]["ReplyRating"];
      /** @default */
      note?: string;
    };
    VerdictOut: {
      verdict: components["schemas"]["ReplyRating"];
      note: string;
      agent: string;
      by: string;
      /** Format: date-time */
      at: string;
    };
    ViewIn: {
      name: string;
      filters: components["schemas"]["FilterIn"];
      /** @default false */
      shared?: boolean;
    };
    ViewOut: {
      id: string;
      name: string;
      shared: boolean;
      filters: {
        [key: string]: string;
      };
      count: number | null;
      missing: ("tag" | "agent" | "team") | null;
    };
    ViewsOut: {
      views: components["schemas"]["ViewOut"][];
      agents: components["schemas"]["AgentReferenceOut"][];
    };
    WaitOut: {
      n: number;
      median: number | null;
      p90: number | null;
    };
    WaitingOut: {
      told: string;
    };
    WarningIn: {
      /** Format: uuid */
      id: string;
    };
    WebhookAttemptOut: {
      at: string;
      status: number | null;
      why: string | null;
      seconds: number;
    };
    WebhookChangeIn: {
      url?: string | null;
      events?: components["schemas"]["EventType"][] | null;
      enabled?: boolean | null;
    };
    WebhookDeliveriesOut: {
      deliveries: components["schemas"]["WebhookDeliveryOut"][];
    };
    WebhookDeliveryOut: {
      id: string;
      message: string;
      type: string;
      conversation: string | null;
      state: string;
      due_at: string;
      attempts: components["schemas"]["WebhookAttemptOut"][];
      created_at: string;
      finished_at: string | null;
    };
    WebhookIn: {
      url: string;
      events: components["schemas"]["EventType"][];
    };
    WebhookOut: {
      id: string;
      url: string;
      events: string[];
      created_at: string;
      disabled_at: string | null;
      disabled_why: string | null;
      secret?: string | null;
    };
    WebhooksOut: {
      webhooks: components["schemas"]["WebhookOut"][];
    };
    WidgetConfigOut: {
      assistant: components["schemas"]["AssistantOut"];
      greeting: string;
      disclosure: string;
      examples: string[];
      apps: string[];
      languages: string[];
      language: string;
      text: {
        [key: string]: string;
      };
    };
    WithdrawIn: {
      id: string;
    };
    WithheldOut: {
      text: string;
      why: string;
    };
    WordingFindingOut: {
      /** @enum {string} */
      code: "twice" | "extra_sa" | "humbled_customer" | "casual" | "short_potential" | "too_often";
      start: number;
      end: number;
      excerpt: string;
      instead: string;
    };
    WordingIn: {
      text: string;
    };
    WordingOut: {
      findings: components["schemas"]["WordingFindingOut"][];
    };
    WorkIn: {
      capacity: number;
      /** @default [] */
      skills?: string[];
      /** @default {} */
      hours?: {
        [key: string]: string;
      };
    };
    /** @description By name: no ranking. */
    WorkloadsOut: {
      start: string;
      end: string;
      agents: components["schemas"]["AgentWorkloadOut"][];
      definition: {
        [key: string]: string;
      };
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}

export type $defs = Record<string, never>;

export type external = Record<string, never>;

export type operations = Record<string, never>;
