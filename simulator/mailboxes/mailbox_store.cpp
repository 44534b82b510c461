#include "simulator/mailboxes/mailbox_store.hpp"

namespace simulator {

namespace {

stored_mail read_row(const statement& row)
{
    return {row.integer(0), row.text(1), row.text(2), row.integer(3), row.text(4)};
}

} // namespace

mailbox_store::mailbox_store(const std::filesystem::path& file) : file_(file)
{
    file_.execute("CREATE TABLE IF NOT EXISTS mail ("
                  "id INTEGER PRIMARY KEY AUTOINCREMENT, mailbox TEXT NOT NULL, "
                  "sender TEXT NOT NULL, received_at INTEGER NOT NULL, octets BLOB NOT NULL)");
    file_.execute("CREATE INDEX IF NOT EXISTS mail_of_mailbox ON mail (mailbox, id)");
}

void mailbox_store::keep(
    const std::vector<mail::address>& recipients,
    const mail::address& sender,
    std::int64_t received_at,
    std::string_view octets)
{
    transaction all{file_};
    for (const mail::address& recipient : recipients)
        file_.prepare("INSERT INTO mail (mailbox, sender, received_at, octets) VALUES (?, ?, ?, ?)")
            .bind(1, recipient.key())
            .bind(2, sender.text())
            .bind(3, received_at)
            .bind_octets(4, octets)
            .run();
    all.commit();
}

std::vector<mailbox_summary> mailbox_store::mailboxes() const
{
    std::vector<mailbox_summary> all;
    auto row = file_.prepare(
        "SELECT mailbox, count(*), max(received_at) FROM mail GROUP BY mailbox ORDER BY mailbox");
    while (row.step())
        all.push_back({row.text(0), row.integer(1), row.integer(2)});
    return all;
}

mail_page mailbox_store::page(std::string_view mailbox, const mail_range& wanted) const
{
    auto row = file_.prepare("SELECT id FROM mail WHERE mailbox = ? AND id > ? AND id < ? "
                             "ORDER BY id DESC LIMIT ?");
    row.bind(1, mailbox)
        .bind(2, wanted.after)
        .bind(3, wanted.before)
        .bind(4, static_cast<std::int64_t>(wanted.most + 1));
    mail_page found;
    while (row.step())
        found.ids.push_back(row.integer(0));
    found.older = found.ids.size() > wanted.most;
    if (found.older)
        found.ids.pop_back();
    return found;
}

bool mailbox_store::has_newer(std::string_view mailbox, std::int64_t after) const
{
    auto row = file_.prepare("SELECT 1 FROM mail WHERE mailbox = ? AND id > ? LIMIT 1");
    return row.bind(1, mailbox).bind(2, after).step();
}

std::optional<stored_mail> mailbox_store::find(std::string_view mailbox, std::int64_t id) const
{
    auto row = file_.prepare("SELECT id, mailbox, sender, received_at, octets FROM mail "
                             "WHERE mailbox = ? AND id = ?");
    if (!row.bind(1, mailbox).bind(2, id).step())
        return std::nullopt;
    return read_row(row);
}

bool mailbox_store::erase(std::string_view mailbox, std::int64_t id)
{
    file_.prepare("DELETE FROM mail WHERE mailbox = ? AND id = ?")
        .bind(1, mailbox)
        .bind(2, id)
        .run();
    return file_.changes() > 0;
}

void mailbox_store::erase_all(std::string_view mailbox)
{
    file_.prepare("DELETE FROM mail WHERE mailbox = ?").bind(1, mailbox).run();
}

} // namespace simulator
