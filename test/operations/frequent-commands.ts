export const COPY_ALL = 'dbsync --mode db_init';
export const STOP = 'systemctl stop dbsync@CAMPAIGN';
export const START = 'systemctl start dbsync@CAMPAIGN';
export const IS_CURRENT = 'dbsync status | head -n 1';
