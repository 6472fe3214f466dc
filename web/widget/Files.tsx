// Files of a message: pictures where they stand, others to be saved.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Media } from "../shared/types";
import { useChat } from "./context";

function FileView({ file }: { file: Media }) {
  const { session } = useChat();
  const url = useSignal("");
  useEffect(() => {
    let shown = true;
    void session.file(file.id).then((blob) => shown && (url.value = URL.createObjectURL(blob)), () => undefined);
    return () => {
      shown = false;
      URL.revokeObjectURL(url.value);
    };
  }, [file.id]);
  return (
    <a class="file" href={url.value || undefined} download={file.name} data-testid="widget-file">
      {file.kind === "image" && url.value && <img src={url.value} alt="" />}
      {file.name}
    </a>
  );
}

export const Files = ({ files }: { files: Media[] }) => (
  <>
    {files.map((file) => file.type && <FileView key={file.id} file={file} />)}
  </>
);
