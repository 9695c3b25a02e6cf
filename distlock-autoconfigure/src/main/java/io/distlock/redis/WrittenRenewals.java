package io.distlock.redis;

import io.distlock.driver.Renewal;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;
import java.util.List;

/** Arguments of a command that were written down before, all but the script and how many keys follow. */
final class WrittenRenewals extends CommandArgs<String, String> {

    private final List<Renewal> renewals;

    private final String retention;

    WrittenRenewals(String script, RenewalCall call) {
        super(StringCodec.UTF8);
        this.renewals = call.renewals();
        this.retention = call.retention();
        add(script);
        add(2 * this.renewals.size());
    }

    @Override
    public int count() {
        return super.count() + 1 + (2 + Arguments.RENEWAL) * this.renewals.size();
    }

    @Override
    public void encode(ByteBuf buffer) {
        buffer.ensureWritable(WrittenRenewal.USUAL_LENGTH * this.renewals.size());
        super.encode(buffer);
        for (Renewal renewal : this.renewals) {
            WrittenRenewal written = renewal.as(WrittenRenewal.class, WrittenRenewal::of);
            buffer.writeBytes(written.text(), 0, written.keysEnd());
        }
        new CommandArgs<>(StringCodec.UTF8).add(this.retention).encode(buffer);
        for (Renewal renewal : this.renewals) {
            WrittenRenewal written = renewal.as(WrittenRenewal.class, WrittenRenewal::of);
            buffer.writeBytes(written.text(), written.keysEnd(), written.text().length - written.keysEnd());
        }
    }
}
