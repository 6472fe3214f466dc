"""Which files each app takes from a business, by type of content, and their most bytes."""

from collections.abc import Mapping

MEGABYTE = 1024 * 1024
#: Whatever agents can upload, for apps that take more.
ANY_FILE: Mapping[str, int] = {
    "image/png": 8 * MEGABYTE,
    "image/jpeg": 8 * MEGABYTE,
    "image/gif": 8 * MEGABYTE,
    "image/webp": 8 * MEGABYTE,
    "application/pdf": 8 * MEGABYTE,
    "text/plain": 8 * MEGABYTE,
}
#: LINE has no message for other files; the picture is its own preview, which may have 1 MB.
#: https://developers.line.biz/en/reference/messaging-api/#image-message
LINE_FILES: Mapping[str, int] = {"image/png": 1_000_000, "image/jpeg": 1_000_000}
#: https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media#supported-media-types
WHATSAPP_FILES: Mapping[str, int] = {
    "image/png": 5_000_000,
    "image/jpeg": 5_000_000,
    "application/pdf": 8 * MEGABYTE,
    "text/plain": 8 * MEGABYTE,
}
#: https://developers.facebook.com/docs/messenger-platform/send-messages
MESSENGER_FILES: Mapping[str, int] = {
    "image/png": 8_000_000,
    "image/jpeg": 8_000_000,
    "image/gif": 8_000_000,
    "application/pdf": 8 * MEGABYTE,
    "text/plain": 8 * MEGABYTE,
}
#: https://developers.facebook.com/docs/messenger-platform/instagram/features/send-message
INSTAGRAM_FILES: Mapping[str, int] = {"image/png": 8_000_000, "image/jpeg": 8_000_000}
