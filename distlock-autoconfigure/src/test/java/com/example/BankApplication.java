package com.example;

import java.util.stream.IntStream;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

@SpringBootApplication
public class BankApplication {

    public static void main(String[] args) {
        SpringApplication.run(BankApplication.class, args);
    }

    @Bean
    ApplicationRunner rush(Accounts accounts) {
        return arguments -> {
            IntStream.range(0, 200).parallel().forEach(i -> accounts.deposit("ada", 1));
            System.out.println("Ada has " + accounts.balance("ada"));
        };
    }
}
