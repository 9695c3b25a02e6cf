package io.distlock.redis;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;

/** A call of a script that the asking thread has written down. */
final class WrittenCall extends CommandArgs<String, String> {

    private static final int USUAL_LENGTH = 768;

    private final BulkStrings text = new BulkStrings(USUAL_LENGTH);

    /** @param routed whether the client must find the first key, since it decides which server is asked */
    WrittenCall(String script, String[] keys, String[] arguments, boolean routed) {
        super(StringCodec.UTF8);
        String number = Integer.toString(keys.length);
        if (routed && keys.length > 0) {
            add(script).add(number).addKey(keys[0]);
            this.text.add(keys, 1);
        } else {
            this.text.add(script).add(number).add(keys, 0);
        }
        this.text.add(arguments, 0);
    }

    @Override
    public int count() {
        return super.count() + this.text.count();
    }

    @Override
    public void encode(ByteBuf buffer) {
        super.encode(buffer);
        buffer.writeBytes(this.text.bytes(), 0, this.text.length());
    }
}
