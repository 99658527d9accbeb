#include "cli/inquiries/html.h"

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>

#include "cli/inquiries/words.h"

namespace leadstream::inquiries {
namespace {

constexpr size_t kNone = absl::string_view::npos;
// The longest name of an entity that we know, and the longest number.
constexpr size_t kEntityMax = 10;

// The letters of the languages we read, and what word processors put in. (All 2,231 of HTML 5 would
// be a library.)
const absl::flat_hash_map<absl::string_view, absl::string_view>& Entities() {
  static const auto& entities = *new absl::flat_hash_map<absl::string_view, absl::string_view>(
      {{"amp", "&"},    {"lt", "<"},     {"gt", ">"},     {"quot", "\""},  {"apos", "'"},
       {"nbsp", " "},   {"ensp", " "},   {"emsp", " "},   {"thinsp", " "}, {"shy", ""},
       {"aacute", "á"}, {"Aacute", "Á"}, {"eacute", "é"}, {"Eacute", "É"}, {"iacute", "í"},
       {"Iacute", "Í"}, {"oacute", "ó"}, {"Oacute", "Ó"}, {"uacute", "ú"}, {"Uacute", "Ú"},
       {"ouml", "ö"},   {"Ouml", "Ö"},   {"uuml", "ü"},   {"Uuml", "Ü"},   {"odblac", "ő"},
       {"Odblac", "Ő"}, {"udblac", "ű"}, {"Udblac", "Ű"}, {"auml", "ä"},   {"Auml", "Ä"},
       {"szlig", "ß"},  {"agrave", "à"}, {"Agrave", "À"}, {"egrave", "è"}, {"Egrave", "È"},
       {"acirc", "â"},  {"ecirc", "ê"},  {"icirc", "î"},  {"ocirc", "ô"},  {"ucirc", "û"},
       {"ugrave", "ù"}, {"ccedil", "ç"}, {"Ccedil", "Ç"}, {"euml", "ë"},   {"iuml", "ï"},
       {"ntilde", "ñ"}, {"Ntilde", "Ñ"}, {"atilde", "ã"}, {"otilde", "õ"}, {"aring", "å"},
       {"Aring", "Å"},  {"aelig", "æ"},  {"oslash", "ø"}, {"Oslash", "Ø"}, {"oelig", "œ"},
       {"scaron", "š"}, {"Scaron", "Š"}, {"zcaron", "ž"}, {"ccaron", "č"}, {"lstrok", "ł"},
       {"Lstrok", "Ł"}, {"euro", "€"},   {"pound", "£"},  {"yen", "¥"},    {"cent", "¢"},
       {"sect", "§"},   {"copy", "©"},   {"reg", "®"},    {"trade", "™"},  {"deg", "°"},
       {"plusmn", "±"}, {"times", "×"},  {"ndash", "–"},  {"mdash", "—"},  {"hellip", "…"},
       {"bull", "•"},   {"middot", "·"}, {"laquo", "«"},  {"raquo", "»"},  {"bdquo", "„"},
       {"ldquo", "“"},  {"rdquo", "”"},  {"lsquo", "‘"},  {"rsquo", "’"},  {"sbquo", "‚"}});
  return entities;
}

// The letter of "#233", "#xE9" or "eacute"; false if there is none.
bool AppendEntity(absl::string_view name, std::string* out) {
  uint32_t code = 0;
  const bool hex = absl::StartsWithIgnoreCase(name, "#x");
  if (hex ? absl::SimpleHexAtoi(name.substr(2), &code)
          : absl::StartsWith(name, "#") && absl::SimpleAtoi(name.substr(1), &code)) {
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
    char buffer[U8_MAX_LENGTH];
    int32_t length = 0;
    U8_APPEND_UNSAFE(buffer, length, code);
    out->append(buffer, static_cast<size_t>(length));
    return true;
  }
  const auto found = Entities().find(name);
  if (found == Entities().end()) return false;
  absl::StrAppend(out, found->second);
  return true;
}

bool StartsLine(absl::string_view tag) {
  static const auto& tags = *new absl::flat_hash_set<absl::string_view>(
      {"br",      "p",      "div",    "tr",      "li", "ul", "ol",         "table", "h1",
       "h2",      "h3",     "h4",     "h5",      "h6", "hr", "blockquote", "pre",   "section",
       "article", "header", "footer", "address", "dt", "dd", "body"});
  return tags.contains(tag);
}

bool IsUnseen(absl::string_view tag) {
  return tag == "script" || tag == "style" || tag == "head" || tag == "title" || tag == "template";
}

// A tag's attributes are not longer; what is has a quote that is never closed.
constexpr size_t kTagMax = 16 * 1024;

// The '>' that ends the tag which starts at `start`, not one in an attribute's quotes; without such
// a one, the first.
size_t TagEnd(absl::string_view html, size_t start) {
  char quote = 0;
  for (size_t i = start; i < std::min(html.size(), start + kTagMax); ++i) {
    const char c = html[i];
    if (quote == 0 && c == '>') return i;
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    }
  }
  return html.find('>', start);
}

class Reader {
 public:
  explicit Reader(absl::string_view html) : html_(html) {}

  std::string Read() {
    while (at_ < html_.size()) {
      const char c = html_[at_];
      if (c == '<' && ReadMarkup()) continue;
      if (c == '&' && ReadEntity()) continue;
      ++at_;
      if (absl::ascii_isspace(static_cast<unsigned char>(c))) {
        if (!text_.empty() && text_.back() != ' ' && text_.back() != '\n') text_ += ' ';
      } else {
        text_ += c;
      }
    }
    return Clean(text_);
  }

 private:
  bool ReadEntity() {
    const absl::string_view rest = html_.substr(at_ + 1, kEntityMax);
    const size_t end = rest.find(';');
    if (end == kNone || !AppendEntity(rest.substr(0, end), &text_)) return false;
    at_ += end + 2;
    return true;
  }

  bool ReadMarkup() {
    if (at_ + 1 >= html_.size()) return false;
    if (absl::StartsWith(html_.substr(at_), "<!--")) return SkipTo(html_.find("-->", at_ + 4), 3);
    size_t name_at = at_ + 1;
    const bool closes = html_[name_at] == '/';
    if (closes) ++name_at;
    const bool is_tag = name_at < html_.size() &&
                        (absl::ascii_isalpha(static_cast<unsigned char>(html_[name_at])) ||
                         html_[name_at] == '!' || html_[name_at] == '?');
    if (!is_tag) return false;  // "a < b"
    const size_t end = TagEnd(html_, name_at);
    size_t name_end = name_at;
    while (name_end < html_.size() &&
           absl::ascii_isalnum(static_cast<unsigned char>(html_[name_end])))
      ++name_end;
    const std::string tag =
        absl::AsciiStrToLower(html_.substr(name_at, std::min<size_t>(name_end - name_at, 16)));
    SkipTo(end, 1);
    if (!closes && IsUnseen(tag) && (end == kNone || end == 0 || html_[end - 1] != '/'))
      SkipElement(tag);
    if (StartsLine(tag)) EndLine(tag == "br" || tag == "hr");
    if (tag == "td" || tag == "th") text_ += ' ';
    return true;
  }

  bool SkipTo(size_t end, size_t length) {
    at_ = end == kNone ? html_.size() : end + length;
    return true;
  }

  void SkipElement(absl::string_view tag) {
    for (size_t end = html_.find("</", at_); end != kNone; end = html_.find("</", end + 2)) {
      if (!absl::StartsWithIgnoreCase(html_.substr(end + 2), tag)) continue;
      SkipTo(html_.find('>', end), 1);
      return;
    }
    at_ = html_.size();
  }

  // A <br> always ends a line; a paragraph only where there is one.
  void EndLine(bool always) {
    if (always || (!text_.empty() && text_.back() != '\n')) text_ += '\n';
  }

  absl::string_view html_;
  size_t at_ = 0;
  std::string text_;
};

}  // namespace

std::string TextOfHtml(absl::string_view html) { return Reader(html).Read(); }

}  // namespace leadstream::inquiries
