#include "bus/key_slots.hpp"

#include "bus/disk_error.hpp"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace bus {
namespace {

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == locked_cell::size);

const std::uint8_t* octets_of(std::string_view text)
{
    return reinterpret_cast<const std::uint8_t*>(text.data());
}

std::uint8_t* octets_of(std::string& text)
{
    return reinterpret_cast<std::uint8_t*>(text.data());
}

/// Binds a wrapped slot to its place, so that rows cannot be swapped.
std::string binding(std::string_view content, std::string_view name)
{
    std::string text{content};
    text.push_back('\0');
    return text.append(name);
}

/// Nonce, then ciphertext and tag.
std::string wrap(const locked_cell& key, const key_slot& slot)
{
    std::string wrapped(nonce_size + slot.sealed.size() + tag_size, '\0');
    randombytes_buf(wrapped.data(), nonce_size);
    const std::string bound = binding(slot.content, slot.name);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        octets_of(wrapped) + nonce_size,
        nullptr,
        octets_of(std::string_view{slot.sealed}),
        slot.sealed.size(),
        octets_of(std::string_view{bound}),
        bound.size(),
        nullptr,
        octets_of(wrapped),
        key.octets().data());
    return wrapped;
}

std::optional<std::string> unwrap(
    const locked_cell& key, std::string_view wrapped, const std::string& bound)
{
    if (wrapped.size() < nonce_size + tag_size)
        return std::nullopt;
    std::string sealed(wrapped.size() - nonce_size - tag_size, '\0');
    const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
        octets_of(sealed),
        nullptr,
        nullptr,
        octets_of(wrapped) + nonce_size,
        wrapped.size() - nonce_size,
        octets_of(std::string_view{bound}),
        bound.size(),
        octets_of(wrapped),
        key.octets().data());
    if (opened != 0)
        return std::nullopt;
    return sealed;
}

} // namespace

key_slots::key_slots(database& db, key_slab& slab)
    : db_(db),
      slab_(slab),
      find_(db, "SELECT cell FROM slots WHERE content = ? AND name = ?"),
      insert_(db, "INSERT INTO slots (content, name, cell, wrapped, named) VALUES (?, ?, ?, ?, ?)"),
      remove_(db, "DELETE FROM slots WHERE content = ? AND name = ?")
{}

void key_slots::expect_all_cells()
{
    statement beyond{db_, "SELECT count(*), max(cell) FROM slots WHERE cell >= ?"};
    rows row = beyond.open(std::int64_t{slab_.cells()});
    if (!row.next() || row.integer(0) == 0)
        return;
    const std::int64_t octets = (row.integer(1) / key_slab::cells_a_step + 1) * key_slab::step;
    const std::string file = slab_.file().string();
    throw damaged(
        file + " was lost or cut off, and with it the keys of " + std::to_string(row.integer(0)) +
        " key slots: restore it from a backup. Without it nobody can open their mails; `truncate "
        "-s " +
        std::to_string(octets) + " " + file + "` gives them up, and the bus starts");
}

/// Nothing is destroyed on the word of an index that differs from its table.
void key_slots::expect_sound()
{
    const std::string said = integrity_of(db_, "slots");
    if (said != "ok")
        throw damaged("the table of key slots is damaged: " + said + "; " + restore_database);
}

key_slots::reclaimed key_slots::reclaim()
{
    expect_all_cells();
    reclaimed result;
    std::vector<bool> named(slab_.cells());
    std::vector<std::int64_t> dead;
    statement every{db_, "SELECT rowid, cell FROM slots"};
    for (rows row = every.open(); row.next();) {
        const auto cell = static_cast<std::uint64_t>(row.integer(1));
        slab_.read(static_cast<std::uint32_t>(cell), cell_);
        if (cell_.is_zero())
            dead.push_back(row.integer(0));
        else
            named[cell] = true;
    }
    std::vector<std::uint32_t> unnamed;
    for (std::uint32_t cell = slab_.cells(); cell-- > 0;) {
        if (named[cell])
            continue;
        slab_.read(cell, cell_);
        if (!cell_.is_zero())
            unnamed.push_back(cell);
        free_.push_back(cell);
    }
    cell_.clear();
    if (!dead.empty() || !unnamed.empty())
        expect_sound();
    statement drop{db_, "DELETE FROM slots WHERE rowid = ?"};
    for (const std::int64_t row : dead)
        drop.run(row);
    for (const std::uint32_t cell : unnamed)
        slab_.erase(cell);
    result.rows = dead.size();
    result.cells = unnamed.size();
    slab_.sync();
    return result;
}

bool key_slots::exists(std::string_view content, std::string_view name)
{
    return find_.open(content, name).next();
}

void key_slots::add(const key_slot& slot, std::uint64_t seq)
{
    const std::uint32_t cell = take_cell();
    do
        randombytes_buf(cell_.octets().data(), locked_cell::size);
    while (cell_.is_zero()); // which would mean "erased"
    slab_.write(cell, cell_);
    const std::string wrapped = wrap(cell_, slot);
    cell_.clear();
    insert_.run(
        std::string_view{slot.content},
        std::string_view{slot.name},
        std::int64_t{cell},
        blob{wrapped},
        static_cast<std::int64_t>(seq));
}

void key_slots::erase(std::string_view content, std::string_view name)
{
    std::optional<std::uint32_t> cell;
    if (rows row = find_.open(content, name); row.next())
        cell = static_cast<std::uint32_t>(row.integer(0));
    if (!cell)
        return;
    slab_.erase(*cell);
    remove_.run(content, name);
    erased_.push_back(*cell);
}

std::uint64_t key_slots::erase_added_after(std::uint64_t seq)
{
    std::vector<std::pair<std::string, std::string>> names;
    statement later{db_, "SELECT content, name FROM slots WHERE named > ?"};
    for (rows row = later.open(static_cast<std::int64_t>(seq)); row.next();)
        names.emplace_back(row.octets(0), row.octets(1));
    for (const auto& [content, name] : names)
        erase(content, name);
    return names.size();
}

void key_slots::committed()
{
    free_.insert(free_.end(), erased_.begin(), erased_.end());
    erased_.clear();
}

std::uint32_t key_slots::take_cell()
{
    if (free_.empty()) {
        const std::uint32_t first = slab_.cells();
        slab_.grow();
        for (std::uint32_t cell = slab_.cells(); cell-- > first;)
            free_.push_back(cell);
    }
    const std::uint32_t cell = free_.back();
    free_.pop_back();
    return cell;
}

key_slot_reader::key_slot_reader(database& db, const key_slab& slab)
    : slab_(slab), find_(db, "SELECT cell, wrapped FROM slots WHERE content = ? AND name = ?")
{}

std::optional<std::string> key_slot_reader::get(std::string_view content, std::string_view name)
{
    rows row = find_.open(content, name);
    if (!row.next())
        return std::nullopt;
    slab_.read(static_cast<std::uint32_t>(row.integer(0)), cell_);
    std::optional<std::string> sealed = unwrap(cell_, row.octets(1), binding(content, name));
    cell_.clear();
    return sealed;
}

} // namespace bus
