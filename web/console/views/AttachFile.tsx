// A file to the customer, or why their app carries none.
import { sendFile } from "../state/actions";
import { limitsOf } from "../state/fileLimits";
import { detail } from "../state/thread";
import { deskText } from "../text/desk";
import type { Row } from "../types";

export function AttachFile({ row }: { row: Row }) {
  const limits = limitsOf(detail.value?.channel);
  const types = Object.keys(limits);
  if (types.length === 0)
    return (
      <span class="meta" data-testid="no-files">
        {deskText().noFilesHere}
      </span>
    );
  return (
    <label class="text file">
      {deskText().attach}
      <input
        type="file"
        accept={types.join(",")}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) void sendFile(row, file);
          event.currentTarget.value = "";
        }}
        data-testid="attach"
      />
    </label>
  );
}
