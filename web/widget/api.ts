// The customer's side of the API, one function per call.
import { ApiError, call, upload } from "../shared/http";
import type { ConversationView, Message, Schemas, State } from "../shared/types";
import type { Customer } from "./config";

export interface Ticket {
  id: string;
  token: string;
}

export type Welcome = Schemas["WidgetConfigOut"];

export interface Opening {
  locale: string;
  customer: Customer | null;
  previous: Ticket | null;
}

export type Calls = Schemas["CallbackSlotsOut"];
export type LinkCode = Schemas["LinkCodeOut"];
export type CallWish = Schemas["CallbackChoiceIn"];

export type Attributes = Schemas["AttributesIn"]["attributes"];

export interface Feedback {
  kind: string;
  value: number | string;
  message_id?: string;
  comment?: string;
}

export const bearer = (ticket: Ticket) => ({ Authorization: `Bearer ${ticket.token}` });

export function createApi(origin: string) {
  const all = `${origin}/v1/conversations`;
  const path = (ticket: Ticket, rest = "") => `${all}/${ticket.id}${rest}`;
  const post = <T>(ticket: Ticket, rest: string, body: unknown = {}) =>
    call<T>("POST", path(ticket, rest), bearer(ticket), body);

  return {
    eventsUrl: (ticket: Ticket) => path(ticket, "/events"),
    welcome: (language: string) => call<Welcome>("GET", `${origin}/v1/widget?lang=${language}`, {}),
    open: ({ locale, customer, previous }: Opening) =>
      call<Ticket & { state: State }>("POST", all, {}, { locale, ...(customer && { customer }), ...(previous && { previous }) }),
    read: (ticket: Ticket) => call<ConversationView>("GET", path(ticket), bearer(ticket)),
    send: (ticket: Ticket, id: string, text: string) => post<{ message: Message }>(ticket, "/messages", { id, text }),
    sendFile: (ticket: Ticket, id: string, file: File) =>
      upload<{ message: Message }>(`${path(ticket, "/files")}?${new URLSearchParams({ id, name: file.name })}`, bearer(ticket), file),
    file: async (ticket: Ticket, id: string) => {
      const response = await fetch(path(ticket, `/media/${id}`), { headers: bearer(ticket) });
      if (!response.ok) throw new ApiError(response.status);
      return response.blob();
    },
    typing: (ticket: Ticket, on: boolean) => post<null>(ticket, "/typing", { on }),
    person: (ticket: Ticket) => post<{ state: State; message: Message | null }>(ticket, "/handoff"),
    cancelPerson: (ticket: Ticket) => post<{ state: State }>(ticket, "/handoff/cancel"),
    calls: (ticket: Ticket) => call<Calls>("GET", path(ticket, "/callback"), bearer(ticket)),
    askForCall: (ticket: Ticket, wish: CallWish) => post<Schemas["CallbackPlanOut"]>(ticket, "/callback", wish),
    linkCode: (ticket: Ticket) => post<LinkCode>(ticket, "/link-code"),
    attributes: (ticket: Ticket, attributes: Attributes) => post<null>(ticket, "/attributes", { attributes }),
    feedback: (ticket: Ticket, feedback: Feedback) => post<unknown>(ticket, "/feedback", feedback),
  };
}

export type Api = ReturnType<typeof createApi>;
