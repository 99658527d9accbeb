#include "cli/inquiries/email_message.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <gmime/gmime.h>

#include <algorithm>
#include <memory>

#include "cli/inquiries/encoding.h"
#include "cli/inquiries/html.h"
#include "cli/inquiries/words.h"

namespace leadstream::inquiries {
namespace {

// A letter is shorter; what follows is somebody's log file.
constexpr size_t kTextMax = 1 << 20;
constexpr int kDepthMax = 32;

struct Free {
  void operator()(GMimeParserOptions* options) const { g_mime_parser_options_free(options); }
};
template <typename T>
struct Unref {
  void operator()(T* object) const { g_object_unref(object); }
};
template <typename T>
using Owned = std::unique_ptr<T, Unref<T>>;

std::string Utf8(const char* text) {
  return text == nullptr ? "" : Clean(Decode(text, "").value_or(Text{}).utf8);
}

std::string ContentOf(GMimePart* part) {
  GMimeDataWrapper* content = g_mime_part_get_content(part);
  if (content == nullptr) return "";
  const Owned<GMimeStream> memory(g_mime_stream_mem_new());
  g_mime_data_wrapper_write_to_stream(content, memory.get());
  const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory.get()));
  return std::string(reinterpret_cast<const char*>(bytes->data),
                     std::min<size_t>(bytes->len, kTextMax));
}

// What the message consists of, as far as a reader sees it.
struct Parts {
  std::string plain;
  std::string html;
  std::vector<std::string> attachments;
};

class Walk {
 public:
  Walk(absl::string_view encoding, Parts* parts) : encoding_(encoding), parts_(parts) {}

  void Visit(GMimeObject* object, int depth) {
    if (object == nullptr || depth > kDepthMax) return;
    if (GMIME_IS_MULTIPART(object)) {
      auto* multipart = GMIME_MULTIPART(object);
      const int count = g_mime_multipart_get_count(multipart);
      for (int i = 0; i < count; ++i) Visit(g_mime_multipart_get_part(multipart, i), depth + 1);
    } else if (GMIME_IS_PART(object)) {
      VisitPart(GMIME_PART(object));
    } else {
      parts_->attachments.emplace_back();  // a message in the message
    }
  }

 private:
  void VisitPart(GMimePart* part) {
    auto* object = GMIME_OBJECT(part);
    GMimeContentType* type = g_mime_object_get_content_type(object);
    const bool html = g_mime_content_type_is_type(type, "text", "html");
    const bool plain = g_mime_content_type_is_type(type, "text", "plain");
    std::string* text = html ? &parts_->html : &parts_->plain;
    if (!g_mime_part_is_attachment(part) && (html || plain) && text->empty()) {
      *text = TextOf(part);
    } else if (g_mime_part_is_attachment(part) ||
               g_mime_object_get_content_id(object) == nullptr) {  // else a picture inside the text
      parts_->attachments.push_back(OneLine(Utf8(g_mime_part_get_filename(part))));
    }
  }

  // A charset that is missing, unknown or plainly wrong ("us-ascii" with accents) is found out.
  std::string TextOf(GMimePart* part) {
    const std::string content = ContentOf(part);
    const char* charset = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
    const bool ascii =
        charset == nullptr || absl::EqualsIgnoreCase(charset, "us-ascii") || *charset == '\0';
    if (!ascii) {
      if (absl::StatusOr<Text> text = Decode(content, charset); text.ok()) return text->utf8;
    }
    return Decode(content, encoding_).value_or(Text{}).utf8;
  }

  absl::string_view encoding_;
  Parts* parts_;
};

// The first address of the list that could be answered.
InternetAddressMailbox* FirstMailbox(InternetAddressList* list) {
  const int count = list == nullptr ? 0 : internet_address_list_length(list);
  for (int i = 0; i < count; ++i) {
    InternetAddress* address = internet_address_list_get_address(list, i);
    if (!INTERNET_ADDRESS_IS_MAILBOX(address)) continue;
    const char* text = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address));
    if (text != nullptr && absl::StrContains(text, "@")) return INTERNET_ADDRESS_MAILBOX(address);
  }
  return nullptr;
}

// GMime gives the headers "Content-..." to the body.
const char* HeaderOfContent(GMimeMessage* mime, const char* name) {
  GMimeObject* content = g_mime_message_get_mime_part(mime);
  return content == nullptr ? nullptr : g_mime_object_get_header(content, name);
}

EmailMessage MessageOf(GMimeMessage* mime, absl::string_view encoding) {
  EmailMessage message;
  message.id = OneLine(Utf8(g_mime_message_get_message_id(mime)));
  message.subject = OneLine(Utf8(g_mime_message_get_subject(mime)));
  message.language = OneLine(Utf8(HeaderOfContent(mime, "Content-Language")));
  InternetAddressMailbox* writer = FirstMailbox(g_mime_message_get_reply_to(mime));
  if (writer == nullptr) writer = FirstMailbox(g_mime_message_get_from(mime));
  if (writer != nullptr) {
    message.name = OneLine(Utf8(internet_address_get_name(INTERNET_ADDRESS(writer))));
    message.address = OneLine(Utf8(internet_address_mailbox_get_addr(writer)));
    if (message.name == message.address) message.name.clear();
  }
  if (GDateTime* date = g_mime_message_get_date(mime))
    message.time = absl::FromUnixSeconds(g_date_time_to_unix(date));
  Parts parts;
  Walk(encoding, &parts).Visit(g_mime_message_get_mime_part(mime), 0);
  message.text = Clean(parts.plain);
  if (message.text.empty()) message.text = TextOfHtml(parts.html);
  message.attachments = std::move(parts.attachments);
  return message;
}

}  // namespace

void ReadMessages(absl::string_view bytes, absl::string_view encoding,
                  const std::function<void(EmailMessage)>& take) {
  static const bool initialized = (g_mime_init(), true);
  static_cast<void>(initialized);
  // Headers should be ASCII; those that are not are read as UTF-8 if they are that, else like the
  // rest of the file.
  const std::string guess = encoding.empty() ? DetectEncoding(bytes) : std::string(encoding);
  const char* charsets[] = {
      "utf-8", IsGuess(guess) || !encoding.empty() ? guess.c_str() : "windows-1252", nullptr};
  const std::unique_ptr<GMimeParserOptions, Free> options(g_mime_parser_options_new());
  g_mime_parser_options_set_fallback_charsets(options.get(), charsets);

  const bool mailbox = absl::StartsWith(bytes, "From ");
  const Owned<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
  const Owned<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  g_mime_parser_set_format(parser.get(), mailbox ? GMIME_FORMAT_MBOX : GMIME_FORMAT_MESSAGE);
  int64_t line = 1;
  size_t counted = 0;  // up to here
  do {
    const Owned<GMimeMessage> mime(g_mime_parser_construct_message(parser.get(), options.get()));
    if (mime == nullptr) break;
    EmailMessage message = MessageOf(mime.get(), encoding);
    if (mailbox) {
      const int64_t offset = g_mime_parser_get_mbox_marker_offset(parser.get());
      const size_t start =
          std::clamp<size_t>(offset < 0 ? 0 : static_cast<size_t>(offset), counted, bytes.size());
      line += std::count(bytes.begin() + static_cast<std::ptrdiff_t>(counted),
                         bytes.begin() + static_cast<std::ptrdiff_t>(start), '\n');
      counted = start;
    }
    message.line = line;
    take(std::move(message));
  } while (mailbox && !g_mime_parser_eos(parser.get()));
}

}  // namespace leadstream::inquiries
