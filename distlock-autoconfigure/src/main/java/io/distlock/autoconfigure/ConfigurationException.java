package io.distlock.autoconfigure;

/** A configuration that can never work; carries what an operator should do about it. */
final class ConfigurationException extends RuntimeException {

    private final String remedy;

    ConfigurationException(String fact, String remedy) {
        super(fact);
        this.remedy = remedy;
    }

    ConfigurationException(String fact, String remedy, Throwable cause) {
        super(fact, cause);
        this.remedy = remedy;
    }

    String remedy() {
        return this.remedy;
    }

    @Override
    public String toString() {
        return super.toString() + " " + this.remedy;
    }
}
