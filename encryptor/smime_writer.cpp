// Plaintext and signature run through one chain; only hashes, cipher blocks and line ends are held
// back:
//   entity -> digest of the signature
//          -> multipart/signed text -> CMS_EnvelopedData (BIO_new_CMS) -> base64 -> sink
#include "encryptor/signing_state.hpp"
#include "encryptor/smime.hpp"

#include <openssl/err.h>

#include <exception>
#include <utility>

namespace encryptor {
namespace {

/// 128 random bits: nobody who writes a mail can know it. "=_" occurs in neither base64 nor
/// quoted-printable.
std::string random_boundary()
{
    return "=_sealpost_" + hexadecimal(random_octets(16));
}

/// Where a BIO's octets go. Exceptions of the sink cannot cross OpenSSL: they wait here.
struct crlf_sink {
    std::function<void(std::string_view)> sink;
    std::exception_ptr thrown;

    void write(std::string_view octets)
    {
        std::string lines;
        lines.reserve(octets.size() + octets.size() / 32 + 2);
        for (const char octet : octets) {
            if (octet == '\n') {
                lines.push_back('\r');
            }
            lines.push_back(octet);
        }
        sink(lines);
    }
};

int write_to_sink(BIO* bio, const char* octets, int size)
{
    auto* target = static_cast<crlf_sink*>(BIO_get_data(bio));
    try {
        target->write({octets, static_cast<std::size_t>(size)});
        return size;
    } catch (...) {
        target->thrown = std::current_exception();
        return -1;
    }
}

long control_sink(BIO*, int command, long, void*)
{
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

int create_sink(BIO* bio)
{
    BIO_set_init(bio, 1);
    return 1;
}

const BIO_METHOD* sink_method()
{
    static const BIO_METHOD* const method = [] {
        BIO_METHOD* made =
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "sealpost sink");
        BIO_meth_set_write(made, write_to_sink);
        BIO_meth_set_ctrl(made, control_sink);
        BIO_meth_set_create(made, create_sink);
        return made;
    }();
    return method;
}

openssl::cms start_signature(const signing_identity::state& signer)
{
    constexpr unsigned flags = CMS_DETACHED | CMS_STREAM | CMS_BINARY | CMS_PARTIAL;
    openssl::cms cms{CMS_sign(nullptr, nullptr, nullptr, nullptr, flags)};
    if (!cms || !CMS_add1_signer(
                    cms.get(), signer.chain.front().get(), signer.key.get(), EVP_sha256(), flags)) {
        openssl::fail("the mail cannot be signed");
    }
    for (std::size_t n = 1; n < signer.chain.size(); ++n) {
        CMS_add1_cert(cms.get(), signer.chain[n].get());
    }
    return cms;
}

openssl::cms start_envelope(X509* recipient, content_cipher cipher)
{
    const EVP_CIPHER* chosen =
        cipher == content_cipher::aes_256_gcm ? EVP_aes_256_gcm() : EVP_aes_256_cbc();
    constexpr unsigned flags = CMS_STREAM | CMS_BINARY | CMS_PARTIAL;
    openssl::cms cms{CMS_encrypt(nullptr, nullptr, chosen, flags)};
    // Without CMS_USE_KEYID the recipient is named by issuer and serial, which every client finds.
    CMS_RecipientInfo* info =
        cms ? CMS_add1_recipient_cert(cms.get(), recipient, CMS_KEY_PARAM) : nullptr;
    if (!info) {
        openssl::fail("the mail cannot be encrypted to the recipient's certificate");
    }
    if (CMS_RecipientInfo_type(info) == CMS_RECIPINFO_AGREE &&
        EVP_PKEY_CTX_set_ecdh_kdf_md(CMS_RecipientInfo_get0_pkey_ctx(info), EVP_sha256()) <= 0) {
        openssl::fail("the recipient's key does not agree with SHA-256");
    }
    return cms;
}

} // namespace

struct smime_writer::state {
    crlf_sink target;
    std::string boundary = random_boundary();
    openssl::cms signature;
    openssl::cms envelope;
    BIO* digest = nullptr; ///< chain that the signature is computed from
    BIO* sealed = nullptr; ///< chain that ends in the sink
    bool finished = false;

    ~state()
    {
        BIO_free_all(digest);
        BIO_free_all(sealed);
        ERR_clear_error();
    }

    [[noreturn]] void stop(const char* what)
    {
        if (target.thrown) {
            ERR_clear_error();
            std::rethrow_exception(std::exchange(target.thrown, nullptr));
        }
        openssl::fail(what);
    }

    void put(BIO* chain, std::string_view octets)
    {
        while (!octets.empty()) {
            const auto part = static_cast<int>(std::min<std::size_t>(octets.size(), 1 << 20));
            const int taken = BIO_write(chain, octets.data(), part);
            if (taken <= 0) {
                stop("the mail cannot be encrypted");
            }
            octets.remove_prefix(static_cast<std::size_t>(taken));
        }
    }

    void open_chains()
    {
        digest = CMS_dataInit(signature.get(), nullptr);
        BIO* end = BIO_new(sink_method());
        BIO* base64 = BIO_new(BIO_f_base64());
        if (!digest || !end || !base64) {
            BIO_free(end);
            BIO_free(base64);
            openssl::fail("the mail cannot be encrypted");
        }
        BIO_set_data(end, &target);
        sealed = BIO_push(base64, end);
        BIO* outer = BIO_new_CMS(sealed, envelope.get());
        if (!outer) {
            openssl::fail("the mail cannot be encrypted");
        }
        sealed = outer;
    }

    std::string signature_part()
    {
        const openssl::bio out{BIO_new(BIO_s_mem())};
        if (CMS_dataFinal(signature.get(), digest) != 1) {
            openssl::fail("the mail cannot be signed");
        }
        BIO* base64 = BIO_push(BIO_new(BIO_f_base64()), out.get());
        const bool good = i2d_CMS_bio(base64, signature.get()) == 1 && BIO_flush(base64) == 1;
        BIO_pop(base64);
        BIO_free(base64);
        if (!good) {
            openssl::fail("the signature cannot be written");
        }
        std::string lines;
        crlf_sink{[&lines](std::string_view octets) { lines.append(octets); }, nullptr}.write(
            openssl::written(out.get()));
        return lines;
    }
};

smime_writer::smime_writer(
    const signing_identity& signer,
    const std::string& recipient_certificate_pem,
    content_cipher cipher,
    std::function<void(std::string_view)> sink)
    : state_(new state)
{
    const auto recipient =
        openssl::read_certificates(recipient_certificate_pem, "the recipient's certificate");
    check_recipient_key(recipient.front().get());
    state_->target.sink = std::move(sink);
    state_->signature = start_signature(signer.get());
    state_->envelope = start_envelope(recipient.front().get(), cipher);
    state_->open_chains();

    const bool authenticated = cipher == content_cipher::aes_256_gcm;
    state_->target.sink(
        std::string("Content-Type: application/pkcs7-mime; smime-type=") +
        (authenticated ? "authEnveloped-data" : "enveloped-data") +
        ";\r\n name=\"smime.p7m\"\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment; filename=\"smime.p7m\"\r\n\r\n");
    state_->put(
        state_->sealed,
        "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n"
        " micalg=\"sha-256\"; boundary=\"" +
            state_->boundary + "\"\r\n\r\n--" + state_->boundary + "\r\n");
}

smime_writer::~smime_writer() = default;

void smime_writer::push(std::string_view entity_octets)
{
    if (state_->finished) {
        throw std::logic_error("an S/MIME mail takes no octets after its end");
    }
    state_->put(state_->digest, entity_octets);
    state_->put(state_->sealed, entity_octets);
}

void smime_writer::finish()
{
    if (std::exchange(state_->finished, true)) {
        throw std::logic_error("an S/MIME mail has one end");
    }
    state_->put(
        state_->sealed,
        "\r\n--" + state_->boundary +
            "\r\nContent-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n"
            "Content-Transfer-Encoding: base64\r\n"
            "Content-Disposition: attachment; filename=\"smime.p7s\"\r\n\r\n" +
            state_->signature_part() + "--" + state_->boundary + "--\r\n");
    if (BIO_flush(state_->sealed) != 1) {
        state_->stop("the mail cannot be encrypted");
    }
}

} // namespace encryptor
