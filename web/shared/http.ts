// One way to call the API: JSON in, JSON out, every failure an ApiError.

/** status 0 means that the server was not reached at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfter: number | null;
  readonly body: Record<string, unknown>;

  constructor(status: number, error: Record<string, unknown> = {}, retryAfter: number | null = null) {
    super(typeof error.message === "string" ? error.message : `HTTP ${status}`);
    this.status = status;
    this.code = typeof error.code === "string" ? error.code : "";
    this.retryAfter = retryAfter;
    this.body = error;
  }

  /** Worth trying again unchanged: nothing is wrong with the request itself. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const UNREACHED = 0;
const PATIENCE_MS = 20_000;
/** Until then a browser has taken the file. */
const RELEASE_MS = 10_000;

/** The file is the body; a slow line may take its time. */
export async function upload<T>(url: string, headers: Record<string, string>, file: File): Promise<T> {
  const response = await fetch(url, { method: "POST", headers, body: file }).catch(() => {
    throw new ApiError(UNREACHED);
  });
  if (!response.ok) throw await failure(response);
  return (await response.json()) as T;
}

/** Saves what a call returns, byte for byte, under the name that the server gave it. */
export async function download(url: string, headers: Record<string, string>): Promise<void> {
  const response = await fetch(url, { method: "POST", headers }).catch(() => {
    throw new ApiError(UNREACHED);
  });
  if (!response.ok) throw await failure(response);
  const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name ?? "file";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), RELEASE_MS);
}

async function failure(response: Response): Promise<ApiError> {
  const body = await response.json().catch(() => ({}));
  const wait = Number(response.headers.get("Retry-After"));
  return new ApiError(response.status, body?.error ?? {}, wait > 0 ? wait : null);
}

export async function call<T>(
  method: "GET" | "POST" | "DELETE",
  url: string,
  headers: Record<string, string>,
  body?: unknown,
  patience = PATIENCE_MS,
): Promise<T> {
  const init: RequestInit = { method, headers: { ...headers }, signal: AbortSignal.timeout(patience) };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    (init.headers as Record<string, string>)["Content-Type"] = "application/json";
  }
  const response = await fetch(url, init).catch(() => {
    throw new ApiError(UNREACHED);
  });
  if (!response.ok) throw await failure(response);
  const text = await response.text().catch(() => {
    throw new ApiError(UNREACHED);
  });
  return (text ? JSON.parse(text) : null) as T;
}
