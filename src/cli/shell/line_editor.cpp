#include "cli/shell/line_editor.hpp"

#include <algorithm>
#include <clocale>
#include <cstdint>
#include <cstdio>
#include <histedit.h>
#include <langinfo.h>
#include <utility>

#include "cli/terminal.hpp"

namespace quartz::cli {
namespace {

constexpr int kHistoryLinesMax = 1'000;

// Without a locale that says so, libedit would take each byte of UTF-8 for a character.
void use_utf8() {
  std::setlocale(LC_CTYPE, "");
  if (std::string_view(::nl_langinfo(CODESET)) != "UTF-8") std::setlocale(LC_CTYPE, "C.UTF-8");
}

// In columns, from top to bottom.
std::string listing(const std::vector<std::string>& words, std::size_t columns) {
  const std::size_t widest = std::ranges::max(words, {}, &std::string::size).size() + 2;
  const std::size_t across = std::max<std::size_t>(columns / widest, 1);
  const std::size_t rows = (words.size() + across - 1) / across;
  std::string text = "\n";
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t at = row; at < words.size(); at += rows) {
      text += words[at];
      if (at + rows < words.size()) text.append(widest - words[at].size(), ' ');
    }
    text += '\n';
  }
  return text;
}

}  // namespace

class LineEditor::Terminal {
 public:
  explicit Terminal(Completer completer) : completer_(std::move(completer)) {
    use_utf8();
    history_ = ::history_init();
    ::history(history_, &event_, H_SETSIZE, kHistoryLinesMax);
    ::history(history_, &event_, H_SETUNIQUE, 1);
    editor_ = ::el_init("quartz", stdin, stdout, stderr);
    ::el_set(editor_, EL_CLIENTDATA, this);
    ::el_set(editor_, EL_PROMPT, &Terminal::prompt);
    ::el_set(editor_, EL_EDITOR, "emacs");
    ::el_set(editor_, EL_SIGNAL, 1);
    ::el_set(editor_, EL_HIST, ::history, history_);
    // Of narrow names it makes copies that nobody frees.
    ::el_wset(editor_, EL_ADDFN, L"quartz-complete", L"Completes a word", &Terminal::complete);
    ::el_wset(editor_, EL_ADDFN, L"quartz-interrupt", L"Drops the line", &Terminal::interrupt);
    ::el_set(editor_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    ::el_source(editor_, nullptr);
    ::el_set(editor_, EL_BIND, "^I", "quartz-complete", nullptr);
    // While a line is edited, Ctrl-C is a key like all others; so are those that would stop the
    // shell.
    ::el_set(editor_, EL_SETTY, "-d", "-isig", nullptr);
    ::el_set(editor_, EL_BIND, "^C", "quartz-interrupt", nullptr);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    ::el_end(editor_);
    ::history_end(history_);
  }

  Typed read(const std::string& prompt) {
    prompt_ = prompt;
    interrupted_ = false;
    // Before the prompt is there, so that no key behind it means what it means elsewhere.
    ::el_set(editor_, EL_PREP_TERM, 1);
    int length = 0;
    const char* const text = ::el_gets(editor_, &length);
    if (interrupted_) return {.how = How::interrupted, .line = std::exchange(dropped_, {})};
    if (text == nullptr || length <= 0) return {};
    std::string line(text, static_cast<std::size_t>(length));
    if (line.ends_with('\n')) line.pop_back();
    return {.how = How::line, .line = std::move(line)};
  }

  void remember(const std::string& line) { ::history(history_, &event_, H_ENTER, line.c_str()); }

 private:
  static Terminal& of(EditLine* editor) {
    void* self = nullptr;
    ::el_get(editor, EL_CLIENTDATA, &self);
    return *static_cast<Terminal*>(self);
  }

  static std::string before_cursor(EditLine* editor) {
    const LineInfo* const line = ::el_line(editor);
    return {line->buffer, line->cursor};
  }

  static char* prompt(EditLine* editor) { return of(editor).prompt_.data(); }

  static unsigned char complete(EditLine* editor, int /*key*/) {
    const std::string typed = before_cursor(editor);
    const Completion completion = of(editor).completer_(typed);
    if (completion.candidates.empty()) return CC_ERROR;
    const std::size_t word_bytes = typed.size() - completion.from;
    std::string insertion = completion.common_beginning().substr(word_bytes);
    const bool sure = completion.candidates.size() == 1;
    if (sure) insertion += ' ';
    if (!insertion.empty()) {
      return ::el_insertstr(editor, insertion.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
    }
    const std::string text = listing(completion.candidates, terminal_columns());
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
    return CC_REDISPLAY;
  }

  static unsigned char interrupt(EditLine* editor, int /*key*/) {
    Terminal& self = of(editor);
    const LineInfo* const line = ::el_line(editor);
    self.dropped_.assign(line->buffer, line->lastchar);
    self.interrupted_ = true;
    return CC_EOF;
  }

  Completer completer_;
  std::string prompt_;
  std::string dropped_;
  bool interrupted_ = false;
  EditLine* editor_ = nullptr;
  History* history_ = nullptr;
  HistEvent event_ = {};
};

LineEditor::LineEditor(Completer completer)
    : terminal_(std::make_unique<Terminal>(std::move(completer))) {}

LineEditor::~LineEditor() = default;

LineEditor::Typed LineEditor::read(const std::string& prompt) { return terminal_->read(prompt); }

void LineEditor::remember(const std::string& line) { terminal_->remember(line); }

}  // namespace quartz::cli
