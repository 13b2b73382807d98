#include "tools/codec/lexer.h"

#include <algorithm>
#include <array>

namespace afferent::codec_host {
namespace {

using Kind = Token::Kind;

// Longer ones first.
constexpr std::array<std::string_view, 60> kPuncts{">>>=",
                                                   "...",
                                                   "===",
                                                   "!==",
                                                   "**=",
                                                   "<<=",
                                                   ">>=",
                                                   ">>>",
                                                   "&&=",
                                                   "||=",
                                                   "?"
                                                   "?=",
                                                   "=>",
                                                   "==",
                                                   "!=",
                                                   "<=",
                                                   ">=",
                                                   "&&",
                                                   "||",
                                                   "??",
                                                   "?.",
                                                   "++",
                                                   "--",
                                                   "+=",
                                                   "-=",
                                                   "*=",
                                                   "/=",
                                                   "%=",
                                                   "&=",
                                                   "|=",
                                                   "^=",
                                                   "<<",
                                                   ">>",
                                                   "**",
                                                   "{",
                                                   "}",
                                                   "(",
                                                   ")",
                                                   "[",
                                                   "]",
                                                   ";",
                                                   ",",
                                                   "<",
                                                   ">",
                                                   "+",
                                                   "-",
                                                   "*",
                                                   "/",
                                                   "%",
                                                   "&",
                                                   "|",
                                                   "^",
                                                   "!",
                                                   "~",
                                                   "?",
                                                   ":",
                                                   "=",
                                                   ".",
                                                   "@",
                                                   "#",
                                                   "\\"};
constexpr std::array<std::string_view, 11> kBeforeRegex{"return", "typeof", "instanceof", "in", "new", "delete",
                                                        "void",   "throw",  "case",       "do", "else"};
constexpr std::array<std::string_view, 4> kHeads{"if", "while", "for", "with"};
constexpr std::array<std::string_view, 4> kClosed{")", "]", "++", "--"};  // behind these '/' divides

template <class List>
bool holds(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Blanks beyond ASCII; the last two end a line.
constexpr std::array<std::string_view, 19> kBlanks{
    "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84",
    "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xAF",
    "\xE2\x81\x9F", "\xE3\x80\x80", "\xEF\xBB\xBF", "\xE2\x80\xA8", "\xE2\x80\xA9"};
constexpr std::size_t kFirstLineEnd = 17;

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  std::vector<Token> run() {
    if (source_.starts_with("#!")) skip_line();
    while (true) {
      newline_ = false;
      skip_blanks();
      if (at_ >= source_.size()) break;
      one();
    }
    if (!open_.empty()) throw Trouble(tokens_[open_.back()].line, "a bracket that is not closed", false);
    add(Kind::end, at_);
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }
  bool starts(std::string_view text) const { return source_.substr(at_, text.size()) == text; }
  std::string_view last() const {
    return tokens_.empty() ? std::string_view()
                           : source_.substr(tokens_.back().start, tokens_.back().end - tokens_.back().start);
  }

  void count_lines(std::size_t from, std::size_t to) {
    const auto lines = std::count(source_.begin() + static_cast<std::ptrdiff_t>(from),
                                  source_.begin() + static_cast<std::ptrdiff_t>(to), '\n');
    line_ += static_cast<std::uint32_t>(lines);
  }

  void add(Kind kind, std::size_t end) {
    Token token;
    token.kind = kind;
    token.newline_before = newline_;
    token.start = at_;
    token.end = end;
    token.line = line_;
    tokens_.push_back(token);
    count_lines(at_, end);
    at_ = end;
  }

  void skip_line() {
    while (at_ < source_.size() && source_[at_] != '\n' && source_[at_] != '\r') ++at_;
  }

  void skip_blanks() {
    while (at_ < source_.size()) {
      const char c = source_[at_];
      if (c == '\n' || c == '\r') newline_ = true;
      if (c == '\n') ++line_;
      const std::size_t blank = blank_here();
      if (c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\n' || c == '\r') {
        ++at_;
      } else if (blank < kBlanks.size()) {
        newline_ = newline_ || blank >= kFirstLineEnd;
        at_ += kBlanks[blank].size();
      } else if (starts("//")) {
        skip_line();
      } else if (starts("/*")) {
        const std::size_t end = source_.find("*/", at_ + 2);
        if (end == source_.npos) throw Trouble(line_, "a comment that does not end", false);
        newline_ = newline_ || source_.substr(at_, end - at_).find('\n') != source_.npos;
        count_lines(at_, end);
        at_ = end + 2;
      } else {
        return;
      }
    }
  }

  // Which of kBlanks is at `at`.
  std::size_t blank_at(std::size_t at) const {
    if (static_cast<unsigned char>(source_[at]) < 0x80) return kBlanks.size();
    const auto found = std::find_if(kBlanks.begin(), kBlanks.end(), [this, at](std::string_view blank) {
      return source_.substr(at, blank.size()) == blank;
    });
    return static_cast<std::size_t>(found - kBlanks.begin());
  }
  std::size_t blank_here() const { return blank_at(at_); }

  void one() {
    const char c = peek();
    if (c == '#' && is_name_character(peek(1)) && !is_digit(peek(1))) return add(Kind::name, end_of_name(at_ + 1));
    if (is_name_character(c) && !is_digit(c)) return add(Kind::name, end_of_name(at_));
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (c == '"' || c == '\'') return string(c);
    if (c == '`') return template_part(at_ + 1, Kind::whole_template, Kind::template_head);
    if (c == '}' && in_template()) {
      tokens_[open_.back()].partner = tokens_.size();
      open_.pop_back();
      return template_part(at_ + 1, Kind::template_tail, Kind::template_middle);
    }
    if (c == '/' && regex_here()) return regex();
    punct();
  }

  // The innermost thing that is open is a ${.
  bool in_template() const {
    if (open_.empty()) return false;
    const Kind kind = tokens_[open_.back()].kind;
    return kind == Kind::template_head || kind == Kind::template_middle;
  }

  std::size_t end_of_name(std::size_t at) const {
    while (at < source_.size() && is_name_character(source_[at]) && blank_at(at) == kBlanks.size()) ++at;
    return at;
  }

  std::size_t end_of_digits(std::size_t at) const {
    while (at < source_.size() && (is_digit(source_[at]) || source_[at] == '_')) ++at;
    return at;
  }

  // A letter behind it belongs to it: it is hexadecimal, octal or binary, or a BigInt, or wrong.
  void number() {
    const auto is = [this](std::size_t at, std::string_view any) {
      return at < source_.size() && any.find(source_[at]) != any.npos;
    };
    std::size_t at = end_of_digits(at_);
    if (is(at, ".")) at = end_of_digits(at + 1);
    if (is(at, "eE")) {
      const std::size_t digits = at + (is(at + 1, "+-") ? 2 : 1);
      if (is(digits, "0123456789")) at = end_of_digits(digits);
    }
    add(Kind::number, end_of_name(at));
  }

  void string(char quote) {
    std::size_t at = at_ + 1;
    for (; at < source_.size() && source_[at] != quote; ++at) {
      if (source_[at] == '\n') throw Trouble(line_, "a string that does not end", false);
      if (source_[at] == '\\') ++at;
    }
    if (at >= source_.size()) throw Trouble(line_, "a string that does not end", false);
    add(Kind::string, at + 1);
  }

  // A template up to its end or to the next ${, which is open until its brace comes.
  void template_part(std::size_t at, Kind ends, Kind goes_on) {
    for (; at < source_.size(); ++at) {
      if (source_[at] == '\\') {
        ++at;
      } else if (source_[at] == '`') {
        return add(ends, at + 1);
      } else if (source_[at] == '$' && at + 1 < source_.size() && source_[at + 1] == '{') {
        add(goes_on, at + 2);
        return open_.push_back(tokens_.size() - 1);
      }
    }
    throw Trouble(line_, "a template string that does not end", false);
  }

  // The last token is a name behind a dot, whatever else it may mean: a.do / 10.
  bool is_member() const {
    if (tokens_.size() < 2 || tokens_.back().kind != Kind::name) return false;
    const Token& before = tokens_[tokens_.size() - 2];
    return before.kind == Kind::punct && source_[before.end - 1] == '.' && before.end - before.start < 3;
  }

  bool regex_here() const {
    if (tokens_.empty()) return true;
    const Token& before = tokens_.back();
    switch (before.kind) {
      case Kind::name: return holds(kBeforeRegex, last()) && !is_member();
      case Kind::punct: break;
      case Kind::template_head:
      case Kind::template_middle: return true;
      default: return false;
    }
    if (last() == ")") return after_head_;
    if (last() == "}") return !after_literal_;
    return !holds(kClosed, last());
  }

  void regex() {
    bool in_class = false;
    std::size_t at = at_ + 1;
    for (; at < source_.size() && (in_class || source_[at] != '/'); ++at) {
      if (source_[at] == '\n') throw Trouble(line_, "a regular expression that does not end", false);
      if (source_[at] == '\\')
        ++at;
      else if (source_[at] == '[')
        in_class = true;
      else if (source_[at] == ']')
        in_class = false;
    }
    if (at >= source_.size()) throw Trouble(line_, "a regular expression that does not end", false);
    add(Kind::regex, end_of_name(at + 1));
  }

  void punct() {
    for (const std::string_view known : kPuncts) {
      if (!starts(known)) continue;
      if (known == "?." && is_digit(peek(2))) continue;  // a ?.5 : 1
      return bracket(known);
    }
    throw Trouble(line_, "a character that is no JavaScript", false);
  }

  void bracket(std::string_view text) {
    const std::string before(last());
    const bool opens = text == "(" || text == "[" || text == "{";
    if (opens) {
      const bool head = holds(kHeads, before) && !is_member();
      heads_.push_back(text == "(" ? head : is_literal(before));
      open_.push_back(tokens_.size());
    } else if (text == ")" || text == "]" || text == "}") {
      close(text);
    }
    add(Kind::punct, at_ + text.size());
  }

  // Whether a brace behind this begins an object: where a value is wanted.
  bool is_literal(std::string_view before) const {
    if (tokens_.empty() || before == ")" || before == ";" || before == "{" || before == "}" || before == "=>")
      return false;
    if (tokens_.back().kind == Kind::name)
      return before == "return" || before == "typeof" || before == "case" || before == "in";
    return tokens_.back().kind == Kind::punct || in_template();
  }

  void close(std::string_view text) {
    const char wanted = text == ")" ? '(' : text == "]" ? '[' : '{';
    if (open_.empty() || source_[tokens_[open_.back()].start] != wanted || in_template()) {
      throw Trouble(line_, "'" + std::string(text) + "' without its other half", false);
    }
    tokens_[open_.back()].partner = tokens_.size();
    open_.pop_back();
    after_head_ = text == ")" && heads_.back();
    after_literal_ = text == "}" && heads_.back();
    heads_.pop_back();
  }

  const std::string_view source_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  bool newline_ = false;
  std::vector<Token> tokens_;
  std::vector<std::size_t> open_;  // brackets and ${
  std::vector<bool> heads_;        // of each open bracket: a head of if, while, for, or an object
  bool after_head_ = false;
  bool after_literal_ = false;
};

}  // namespace

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::vector<Token> tokens_of(std::string_view source) { return Lexer(source).run(); }

}  // namespace afferent::codec_host
