#include "gateway/copy_source.hpp"

#include "encryptor/inline_mail.hpp"
#include "encryptor/sealed_stream.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace gateway {

namespace asio = boost::asio;

namespace {

using piece = std::optional<std::string>;

class memory_reader {
public:
    explicit memory_reader(std::string octets) : octets_(std::move(octets)) {}
    asio::awaitable<piece> next() { co_return std::exchange(octets_, std::nullopt); }

private:
    piece octets_;
};

class content_reader {
public:
    content_reader(mail_log& log, const std::string& content, const encryptor::secret& key)
        : chunks_(log.read_content(content)), opener_(key, content)
    {}

    asio::awaitable<piece> next()
    {
        if (opener_.complete()) {
            co_return std::nullopt;
        }
        const auto sealed = co_await chunks_();
        if (!sealed) {
            throw unreadable_content("the stored mail cannot be read: " + sealed.error.message());
        }
        auto plain = opener_.open(sealed.value);
        if (!plain) {
            throw unreadable_content("the stored mail is damaged");
        }
        co_return plain;
    }

private:
    bus::chunk_source chunks_;
    encryptor::stream_opener opener_;
};

class inline_reader {
public:
    inline_reader(
        content_reader content,
        const encryptor::signing_identity& signer,
        std::string certificate_pem,
        encryptor::content_cipher cipher)
        : content_(std::move(content)),
          signer_(signer),
          certificate_(std::move(certificate_pem)),
          cipher_(cipher)
    {}
    inline_reader(const inline_reader&) = delete;
    inline_reader& operator=(const inline_reader&) = delete;

    asio::awaitable<piece> next()
    {
        if (!copy_) {
            copy_.emplace(signer_, certificate_, cipher_, [this](std::string_view octets) {
                made_ += octets;
            });
        }
        while (made_.empty() && !finished_) {
            const auto plain = co_await content_.next();
            if (plain) {
                copy_->push(*plain);
            } else {
                copy_->finish();
                finished_ = true;
            }
        }
        if (made_.empty()) {
            co_return std::nullopt;
        }
        co_return std::exchange(made_, {});
    }

private:
    content_reader content_;
    const encryptor::signing_identity& signer_;
    std::string certificate_;
    encryptor::content_cipher cipher_;
    std::string made_;
    std::optional<encryptor::inline_mail>
        copy_; ///< made at the first pull, where a fault is a fault of the sending
    bool finished_ = false;
};

class guarded_reader {
public:
    guarded_reader(mail_source octets, std::function<bool()> wanted)
        : octets_(std::move(octets)), wanted_(std::move(wanted))
    {}

    asio::awaitable<piece> next()
    {
        piece next = co_await octets_();
        if (!wanted_()) {
            throw unwanted_copy("it is wanted no longer");
        }
        co_return next;
    }

private:
    mail_source octets_;
    std::function<bool()> wanted_;
};

// The function owns the reader; the reader's coroutines live no longer than it.
template <class Reader>
mail_source from(std::shared_ptr<Reader> reader)
{
    return [reader = std::move(reader)] { return reader->next(); };
}

} // namespace

mail_source whole_mail(std::string octets)
{
    return from(std::make_shared<memory_reader>(std::move(octets)));
}

mail_source opened_content(mail_log& log, const std::string& content, const encryptor::secret& key)
{
    return from(std::make_shared<content_reader>(log, content, key));
}

mail_source sealed_inline(
    mail_log& log,
    const std::string& content,
    const encryptor::secret& key,
    const encryptor::signing_identity& signer,
    const std::string& certificate_pem,
    encryptor::content_cipher cipher)
{
    content_reader reader(log, content, key);
    return from(
        std::make_shared<inline_reader>(std::move(reader), signer, certificate_pem, cipher));
}

mail_source while_wanted(mail_source octets, std::function<bool()> wanted)
{
    return from(std::make_shared<guarded_reader>(std::move(octets), std::move(wanted)));
}

} // namespace gateway
