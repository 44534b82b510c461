#include "cli/cmdlet_lexer.hpp"

#include "cli/cmdlet_parser.hpp"

#include <cctype>

namespace cli {

namespace {

using kind = cmdlet_token::kind;

constexpr char backtick = '`';

class lexer {
public:
    explicit lexer(std::string_view text) : text_(text) {}

    std::vector<cmdlet_token> tokens()
    {
        while (at_ < text_.size())
            next();
        add(kind::end_of_command);
        return std::move(tokens_);
    }

private:
    void next()
    {
        const char character = text_[at_];
        if (character == '\n' || character == ';')
            one_character(kind::end_of_command);
        else if (character == '|')
            one_character(kind::pipe);
        else if (character == ',')
            one_character(kind::comma);
        else if (character == '#')
            skip_comment();
        else if (at_line_continuation())
            at_ += text_[at_ + 1] == '\r' ? 3 : 2;
        else if (std::isspace(static_cast<unsigned char>(character)) != 0)
            ++at_;
        else if (begins_parameter())
            parameter();
        else
            word();
    }

    void add(kind what) { tokens_.push_back({what, "", false, false}); }

    void one_character(kind what)
    {
        add(what);
        ++at_;
    }

    void skip_comment()
    {
        while (at_ < text_.size() && text_[at_] != '\n')
            ++at_;
    }

    bool at_line_continuation() const
    {
        const std::string_view rest = text_.substr(at_);
        return rest.starts_with("`\n") || rest.starts_with("`\r\n");
    }

    bool begins_parameter() const
    {
        return text_[at_] == '-' && at_ + 1 < text_.size() &&
               std::isalpha(static_cast<unsigned char>(text_[at_ + 1])) != 0;
    }

    void parameter()
    {
        ++at_;
        cmdlet_token token{kind::parameter, "", false, false};
        while (at_ < text_.size() &&
               (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '-'))
            token.text += text_[at_++];
        if (at_ < text_.size() && text_[at_] == ':') {
            token.takes_next = true;
            ++at_;
        }
        tokens_.push_back(std::move(token));
    }

    /// A bare word ends where the language goes on; quoted pieces are part of it.
    void word()
    {
        cmdlet_token token{kind::word, "", false, false};
        while (at_ < text_.size() && !ends_word(text_[at_])) {
            const char character = text_[at_];
            if (character == '\'' || character == '"') {
                token.quoted = true;
                quoted(token.text);
            } else if (character == backtick && at_ + 1 < text_.size()) {
                token.text += text_[at_ + 1];
                at_ += 2;
            } else {
                token.text += character;
                ++at_;
            }
        }
        tokens_.push_back(std::move(token));
    }

    static bool ends_word(char character)
    {
        return std::isspace(static_cast<unsigned char>(character)) != 0 || character == ';' ||
               character == '|' || character == ',';
    }

    void quoted(std::string& into)
    {
        const char quote = text_[at_++];
        for (; at_ < text_.size(); ++at_) {
            const char character = text_[at_];
            const bool doubled = text_.substr(at_, 2) == std::string_view(std::string(2, quote));
            if (character == backtick && quote == '"' && at_ + 1 < text_.size()) {
                into += text_[++at_];
            } else if (doubled) {
                into += quote;
                ++at_;
            } else if (character == quote) {
                ++at_;
                return;
            } else {
                into += character;
            }
        }
        throw cmdlet_error(
            "ParserError", std::string("The string is missing the terminator: ") + quote + ".");
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<cmdlet_token> tokens_;
};

} // namespace

std::vector<cmdlet_token> split_cmdlets(std::string_view text)
{
    return lexer(text).tokens();
}

} // namespace cli
