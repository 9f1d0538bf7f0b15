// A Vendure server on a loopback port, over the PostgreSQL database that the environment names. Its own default
// configuration but for a payment method that settles without a provider, and no guess of who is asking.
import { bootstrap, DefaultLogger, dummyPaymentHandler, LogLevel } from '@vendure/core';

const { SHOP_PORT, DB_PORT, DB_USER, DB_PASSWORD, ADMIN_PASSWORD } = process.env;

await bootstrap({
  apiOptions: { hostname: '127.0.0.1', port: Number(SHOP_PORT), adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
  authOptions: {
    tokenMethod: ['bearer', 'api-key'],
    requireVerification: false,
    superadminCredentials: { identifier: 'superadmin', password: ADMIN_PASSWORD },
    cookieOptions: { secret: ADMIN_PASSWORD },
  },
  dbConnectionOptions: {
    type: 'postgres',
    host: '127.0.0.1',
    port: Number(DB_PORT),
    username: DB_USER,
    password: DB_PASSWORD,
    database: 'postgres',
    synchronize: true,
    logging: false,
  },
  logger: new DefaultLogger({ level: LogLevel.Warn }),
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  customFields: { Order: [{ name: 'purchaseOrder', type: 'string', nullable: true }] },
});
console.log('ready');
