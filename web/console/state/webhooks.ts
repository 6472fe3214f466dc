// Outgoing webhooks: where other systems are told of events, and what came of each call.
import { signal } from "@preact/signals";
import { ApiError } from "../../shared/http";
import type { Schemas } from "../../shared/types";
import { webhookText } from "../text/webhooks";
import { explain } from "./articles";
import { get, post, remove } from "./me";
import { say } from "./toast";

export type Webhook = Schemas["WebhookOut"];
export type Delivery = Schemas["WebhookDeliveryOut"];
export type Event = Schemas["EventType"];

export const webhooks = signal<Webhook[] | null>(null);
/** Shown once: of which webhook, and its secret. */
export const secret = signal<{ webhook: string; value: string } | null>(null);

const addressOf = (id: string): string => `/webhooks/${encodeURIComponent(id)}`;

/** *refused*: said instead of the server's own words where the request itself is wrong. */
async function attempt<T>(work: Promise<T>, done = "", refused = ""): Promise<T | null> {
  try {
    const made = await work;
    if (done) say(done);
    return made;
  } catch (problem) {
    say(refused && problem instanceof ApiError && problem.status === 400 ? refused : explain(problem), true);
    return null;
  }
}

export async function loadWebhooks(): Promise<void> {
  const found = await attempt(get<Schemas["WebhooksOut"]>("/webhooks"));
  if (found) webhooks.value = found.webhooks;
}

async function keepSecret(work: Promise<Webhook>): Promise<boolean> {
  const made = await attempt(work, "", webhookText().badAddress);
  if (made?.secret) secret.value = { webhook: made.id, value: made.secret };
  await loadWebhooks();
  return made !== null;
}

export const add = (url: string, events: Event[]): Promise<boolean> => keepSecret(post<Webhook>("/webhooks", { url, events }));
export const rotate = (id: string): Promise<boolean> => keepSecret(post<Webhook>(`${addressOf(id)}/rotate`));

export async function change(id: string, what: { events?: Event[]; enabled?: boolean }): Promise<void> {
  await attempt(post<Webhook>(addressOf(id), what), webhookText().saved);
  await loadWebhooks();
}

export async function forget(id: string): Promise<void> {
  await attempt(remove(addressOf(id)), webhookText().forgotten);
  await loadWebhooks();
}

export const test = (id: string): Promise<unknown> => attempt(post(`${addressOf(id)}/test`), webhookText().onItsWay);
export const replay = (id: string, delivery: string): Promise<unknown> => attempt(post(`${addressOf(id)}/deliveries/${encodeURIComponent(delivery)}/replay`), webhookText().onItsWay);
export const loadDeliveries = (id: string): Promise<Delivery[] | null> =>
  attempt(get<Schemas["WebhookDeliveriesOut"]>(`${addressOf(id)}/deliveries`)).then((found) => found && found.deliveries);
